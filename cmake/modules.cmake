# Modules that the program loads when they are needed: one per MPI, one for Python.
if(EXISTS ${CMAKE_SOURCE_DIR}/engine/modules/comm_mpi.c)
  foreach(mpi MPICH OPENMPI)
    if(${mpi}_FOUND)
      string(TOLOWER ${mpi} lower)
      add_library(retrial-comm-${lower} MODULE engine/modules/comm_mpi.c engine/comm_queue.c)
      target_compile_definitions(retrial-comm-${lower} PRIVATE RT_COMM_NAME="${lower}")
      target_link_libraries(retrial-comm-${lower} PRIVATE rt_base PkgConfig::${mpi})
      # What it has of rt_base stays its own: only rt_comm_module is to be found from outside.
      target_link_options(retrial-comm-${lower} PRIVATE -Wl,--exclude-libs,ALL -Wl,--as-needed)
      set_target_properties(retrial-comm-${lower} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden)
    endif()
  endforeach()
endif()
if(PYTHON_FOUND)
  pkg_get_variable(python_prefix python3-embed exec_prefix)
  add_library(retrial-python MODULE
    engine/modules/python.c engine/modules/python_params.c engine/modules/python_result.c
    engine/modules/python_forked.c engine/modules/python_link.c engine/modules/python_reads.c engine/modules/python_start.c engine/ended.c store/reads.c)
  add_dependencies(retrial-python python_texts)
  target_compile_definitions(retrial-python PRIVATE
    RT_PYTHON_EXECUTABLE="${python_prefix}/bin/python3")
  target_link_libraries(retrial-python PRIVATE rt_base PkgConfig::PYTHON)
  # What it shares with the program stays its own: it has no state.
  target_link_options(retrial-python PRIVATE -Wl,--exclude-libs,ALL)
  set_target_properties(retrial-python PROPERTIES PREFIX "")

  # For interpreters of other builds: whatever symbols of Python it needs are theirs, and nothing else
  # of what they may have is linked.
  add_library(retrial-guest MODULE engine/modules/guest.c engine/modules/guest_hash.c
    engine/modules/python_link.c)
  target_compile_definitions(retrial-guest PRIVATE Py_LIMITED_API=0x03060000)
  target_include_directories(retrial-guest PRIVATE ${PYTHON_INCLUDE_DIRS})
  target_link_libraries(retrial-guest PRIVATE rt_engine)
  target_link_options(retrial-guest PRIVATE -Wl,--exclude-libs,ALL -Wl,--as-needed)
  set_target_properties(retrial-guest PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden)
endif()
