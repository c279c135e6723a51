# Tests that run under mpiexec, once per MPI that has a module and once per number of ranks.
find_program(MPIEXEC_MPICH NAMES mpiexec.mpich mpiexec.hydra)
find_program(MPIEXEC_OPENMPI NAMES mpiexec.openmpi orterun)
set(mpiexec_flags_MPICH "")
set(mpiexec_flags_OPENMPI --allow-run-as-root --oversubscribe)
set(retrial_mpis "")
foreach(mpi MPICH OPENMPI)
  if(${mpi}_FOUND AND MPIEXEC_${mpi})
    list(APPEND retrial_mpis ${mpi})
  elseif(${mpi}_FOUND)
    message(WARNING "no mpiexec for ${mpi}, so that its tests are left out; set MPIEXEC_${mpi}")
  endif()
endforeach()

# retrial_mpi_test(NAME comm RANKS 1 2 4 COMMAND program args... [TIMEOUT seconds] [ENVIRONMENT a=b...])
# makes mpi/comm/mpich-1 ... mpi/comm/openmpi-4. A program that is a target is found by its name.
# With LAUNCHER the command is not started by mpiexec, but is a script that gets the words of mpiexec
# ("mpiexec.mpich -n 2") in $MPIEXEC, and the names in $MPI and $RANKS.
function(retrial_mpi_test)
  cmake_parse_arguments(test "LAUNCHER" "NAME;TIMEOUT" "RANKS;COMMAND;ENVIRONMENT" ${ARGN})
  if(NOT test_TIMEOUT)
    set(test_TIMEOUT 120)
  endif()
  if(RETRIAL_SANITIZE)
    list(APPEND test_ENVIRONMENT ASAN_OPTIONS=detect_leaks=0) # both MPIs leak a little at the end
  endif()
  list(POP_FRONT test_COMMAND program)
  if(TARGET ${program})
    set(program $<TARGET_FILE:${program}>)
  endif()
  foreach(mpi IN LISTS retrial_mpis)
    string(TOLOWER ${mpi} lower)
    foreach(ranks IN LISTS test_RANKS)
      set(launch ${MPIEXEC_${mpi}} ${mpiexec_flags_${mpi}} -n ${ranks})
      set(name mpi/${test_NAME}/${lower}-${ranks})
      list(JOIN launch " " words)
      if(test_LAUNCHER)
        set(launch "")
      endif()
      add_test(NAME ${name} COMMAND ${launch} ${program} ${test_COMMAND})
      set_tests_properties(${name} PROPERTIES
        TIMEOUT ${test_TIMEOUT} LABELS mpi SKIP_RETURN_CODE 77
        ENVIRONMENT "RETRIAL_MODULES=${CMAKE_LIBRARY_OUTPUT_DIRECTORY};MPIEXEC=${words};MPI=${lower};RANKS=${ranks};${test_ENVIRONMENT}")
    endforeach()
  endforeach()
endfunction()

add_executable(comm_check ${CMAKE_SOURCE_DIR}/tests/mpi/comm_check.c)
target_link_libraries(comm_check PRIVATE rt_engine)
target_link_options(comm_check PRIVATE -rdynamic)
set_target_properties(comm_check PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/mpi)
retrial_mpi_test(NAME comm RANKS 1 2 4 COMMAND comm_check)
retrial_mpi_test(NAME missing_module RANKS 1 2 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/missing_module.sh $<TARGET_FILE:comm_check>)
retrial_mpi_test(NAME wrong_module RANKS 2 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/wrong_module.sh $<TARGET_FILE:comm_check>)
retrial_mpi_test(NAME same_results RANKS 1 2 4 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/same_results.sh $<TARGET_FILE:retrial>)
retrial_mpi_test(NAME gpus RANKS 2 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/gpus.sh $<TARGET_FILE:retrial>)
retrial_mpi_test(NAME bound RANKS 1 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/bound.sh $<TARGET_FILE:retrial>)
retrial_mpi_test(NAME hung_launcher RANKS 2 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/hung_launcher.sh $<TARGET_FILE:retrial>)
retrial_mpi_test(NAME nested RANKS 2 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/nested.sh $<TARGET_FILE:retrial>)
retrial_mpi_test(NAME replay RANKS 2 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/replay.sh $<TARGET_FILE:retrial>)
retrial_mpi_test(NAME recall RANKS 2 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/recall.sh $<TARGET_FILE:retrial>)
retrial_mpi_test(NAME report RANKS 2 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/report.sh $<TARGET_FILE:retrial>)
retrial_mpi_test(NAME checkpoint RANKS 2 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/checkpoint.sh $<TARGET_FILE:retrial>)
retrial_mpi_test(NAME silence RANKS 3 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/silence.sh $<TARGET_FILE:retrial>)
retrial_mpi_test(NAME clocks RANKS 2 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/clocks.sh $<TARGET_FILE:retrial> $<TARGET_FILE:clock>)
retrial_mpi_test(NAME cutoff RANKS 2 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/cutoff.sh $<TARGET_FILE:retrial>)
foreach(whom agent host launcher)
  retrial_mpi_test(NAME supervise/${whom} RANKS 3 LAUNCHER
    COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/supervise.sh $<TARGET_FILE:retrial> ${whom})
endforeach()
foreach(whom guard0 guard1 conductor agent1 mpiexec terminate interrupt)
  retrial_mpi_test(NAME death/${whom} RANKS 3 LAUNCHER
    COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/death.sh $<TARGET_FILE:retrial> ${whom})
endforeach()
retrial_mpi_test(NAME driver RANKS 2 LAUNCHER
  COMMAND ${CMAKE_SOURCE_DIR}/tests/mpi/driver.sh $<TARGET_FILE:retrial>)
