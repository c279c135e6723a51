pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka>=1.1) # or -DBUILD_TESTING=OFF

# tests/unit/LAYER/test_NAME.c is one test program, linked with its layer, those below, and what
# tests/unit/LAYER/support holds.
add_compile_definitions(
  RT_TEST_MODELS="${CMAKE_SOURCE_DIR}/tests/models"
  RT_TEST_BUILT_MODELS="${CMAKE_BINARY_DIR}/tests/models")
foreach(layer base store engine query replay cli)
  file(GLOB support CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${layer}/support/*.c)
  if(support)
    add_library(support-${layer} STATIC ${support})
    target_link_libraries(support-${layer} PUBLIC rt_${layer} PkgConfig::CMOCKA)
  endif()
endforeach()
file(GLOB unit_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/*/test_*.c)
foreach(source IN LISTS unit_tests)
  cmake_path(GET source PARENT_PATH folder)
  cmake_path(GET folder FILENAME layer)
  cmake_path(GET source STEM name)
  add_executable(${layer}-${name} ${source})
  if(TARGET support-${layer})
    target_link_libraries(${layer}-${name} PRIVATE support-${layer})
  endif()
  target_link_libraries(${layer}-${name} PRIVATE rt_${layer} PkgConfig::CMOCKA)
  target_compile_definitions(${layer}-${name} PRIVATE
    RT_TEST_FIXTURES="${CMAKE_SOURCE_DIR}/tests/fixtures")
  set_target_properties(${layer}-${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/unit
    ENABLE_EXPORTS ON) # C models find retrial_real() and others in the program
  string(REGEX REPLACE "^test_" "" short ${name})
  add_test(NAME unit/${layer}/${short} COMMAND ${layer}-${name})
  set_tests_properties(unit/${layer}/${short} PROPERTIES TIMEOUT 300 LABELS unit
    ENVIRONMENT RETRIAL_MODULES=${CMAKE_LIBRARY_OUTPUT_DIRECTORY})
endforeach()
add_library(c_model MODULE ${CMAKE_SOURCE_DIR}/tests/models/c_model.c)
set_target_properties(c_model PROPERTIES PREFIX ""
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/models)
add_library(fake_statfs MODULE ${CMAKE_SOURCE_DIR}/tests/models/fake_statfs.c)
set_target_properties(fake_statfs PROPERTIES PREFIX ""
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/models)
target_link_libraries(fake_statfs PRIVATE ${CMAKE_DL_LIBS})
# A clock that jumps: tests/clock/clock.c
add_library(clock MODULE ${CMAKE_SOURCE_DIR}/tests/clock/clock.c)
set_target_properties(clock PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
target_link_libraries(clock PRIVATE ${CMAKE_DL_LIBS})

# tests/cli/AREA/NAME.sh with what it must print beside it; see tests/cli/run.sh.
file(GLOB cli_tests CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/tests/cli/*/*.sh)
foreach(script IN LISTS cli_tests)
  cmake_path(REMOVE_EXTENSION script OUTPUT_VARIABLE name)
  add_test(NAME ${name} COMMAND ${CMAKE_SOURCE_DIR}/tests/cli/run.sh ${CMAKE_SOURCE_DIR}/tests/${script})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS cli SKIP_RETURN_CODE 77
    ENVIRONMENT RETRIAL_BUILD=${CMAKE_BINARY_DIR})
endforeach()

# tests/fuzz/fuzz_NAME.c: fuzzed when RETRIAL_FUZZ is on, else run over tests/fuzz/corpus/NAME.
file(GLOB fuzz_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/fuzz_*.c)
foreach(source IN LISTS fuzz_tests)
  cmake_path(GET source STEM name)
  string(REGEX REPLACE "^fuzz_" "" short ${name})
  set(corpus ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${short})
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE rt_replay)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/fuzz)
  if(RETRIAL_FUZZ)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/tests/fuzz/found/${short})
    add_test(NAME fuzz/${short}
      COMMAND ${name} -max_total_time=${RETRIAL_FUZZ_SECONDS} -timeout=10 -rss_limit_mb=2048
              ${CMAKE_BINARY_DIR}/tests/fuzz/found/${short} ${corpus}
      WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/tests/fuzz)
  else()
    target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.c)
    add_test(NAME fuzz/${short} COMMAND ${name} ${corpus})
  endif()
  set_tests_properties(fuzz/${short} PROPERTIES LABELS fuzz)
endforeach()

include(cmake/python_tests.cmake)
include(cmake/mpi_tests.cmake)
include(cmake/sim_tests.cmake)

add_test(NAME layers COMMAND ${CMAKE_SOURCE_DIR}/tests/layers)
add_test(NAME documents COMMAND ${CMAKE_SOURCE_DIR}/tests/documents)

# A store with flipped bits and cut files; tests/torture/flips.sh BUILD by hand makes many more.
add_test(NAME torture/flips COMMAND ${CMAKE_SOURCE_DIR}/tests/torture/flips.sh ${CMAKE_BINARY_DIR} 20)
set_tests_properties(torture/flips PROPERTIES TIMEOUT 300 LABELS torture ENVIRONMENT CUTS=2)

# A disk that fails: tests/disk/disk.h
file(GLOB disk_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/disk/*.c)
add_library(disk MODULE ${disk_sources})
target_link_libraries(disk PRIVATE ${CMAKE_DL_LIBS})
set_target_properties(disk PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
# The same program with bugs that the torture must find, for tests/torture/trusted.sh
set(wrapped mdb_env_open rt_record rt_record_commit rt_db_exec rt_io_sync_dir
  rt_io_create rt_git_files_sync_above)
list(TRANSFORM wrapped PREPEND -Wl,--wrap=)
add_executable(planted $<TARGET_OBJECTS:retrial> ${CMAKE_SOURCE_DIR}/tests/torture/planted.c)
target_link_libraries(planted PRIVATE rt_cli)
target_link_options(planted PRIVATE -rdynamic ${wrapped})
set_target_properties(planted PROPERTIES OUTPUT_NAME retrial
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/planted)
add_test(NAME torture/faults
  COMMAND ${CMAKE_SOURCE_DIR}/tests/torture/faults.sh ${CMAKE_BINARY_DIR} 211 full)
set_tests_properties(torture/faults PROPERTIES TIMEOUT 300 LABELS torture)
add_test(NAME torture/full_disk
  COMMAND ${CMAKE_SOURCE_DIR}/tests/torture/full_disk.sh ${CMAKE_BINARY_DIR})
set_tests_properties(torture/full_disk PROPERTIES TIMEOUT 300 LABELS torture SKIP_RETURN_CODE 77)

# Power cuts, and whether they would find what is wrong; by hand: thousands, and all bugs.
add_test(NAME torture/power_cut
  COMMAND ${CMAKE_SOURCE_DIR}/tests/torture/power_cut.py ${CMAKE_BINARY_DIR} 8 --seed 1 --resume 0.25)
add_test(NAME torture/trusted
  COMMAND ${CMAKE_SOURCE_DIR}/tests/torture/trusted.sh ${CMAKE_BINARY_DIR} 1 ack-first lease-late)
set_tests_properties(torture/power_cut torture/trusted PROPERTIES TIMEOUT 300 PROCESSORS 2 LABELS torture)

# Driven examples that are killed; by hand: all of them, twenty times in each way to go on.
add_test(NAME torture/drivers
  COMMAND ${CMAKE_SOURCE_DIR}/tests/torture/drivers.py ${CMAKE_BINARY_DIR} --kills 2 --example climb
          --resume state --seed 1)
set_tests_properties(torture/drivers PROPERTIES TIMEOUT 300 PROCESSORS 2 LABELS torture SKIP_RETURN_CODE 77)

# A small study whose processes are killed, a few rounds of each kind; by hand: a thousand.
add_executable(spooled ${CMAKE_SOURCE_DIR}/tests/torture/spooled.c)
target_link_libraries(spooled PRIVATE rt_engine)
set_target_properties(spooled PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
foreach(kind conductor nursery template worker job terminate interrupt)
  add_test(NAME torture/kills/${kind}
    COMMAND ${CMAKE_SOURCE_DIR}/tests/torture/kills.sh ${CMAKE_BINARY_DIR} 2 ${kind})
endforeach()
foreach(mpi IN LISTS retrial_mpis)
  string(TOLOWER ${mpi} lower)
  foreach(kind conductor agent mpiexec)
    add_test(NAME torture/kills/${lower}-${kind}
      COMMAND ${CMAKE_SOURCE_DIR}/tests/torture/kills.sh ${CMAKE_BINARY_DIR} 1 ${kind} ${lower})
    list(APPEND torture_kills torture/kills/${lower}-${kind})
  endforeach()
endforeach()
set_tests_properties(torture/kills/conductor torture/kills/nursery torture/kills/template torture/kills/worker
  torture/kills/job torture/kills/terminate torture/kills/interrupt ${torture_kills}
  PROPERTIES TIMEOUT 300 PROCESSORS 2 LABELS torture SKIP_RETURN_CODE 77)
set_tests_properties(torture/kills/job PROPERTIES ENVIRONMENT WHAT=verify)

# Launches that are killed and resumed.
add_test(NAME crash/kill_and_resume
  COMMAND ${CMAKE_SOURCE_DIR}/tests/crash/kill_and_resume.sh ${CMAKE_BINARY_DIR} 2)
set_tests_properties(crash/kill_and_resume PROPERTIES TIMEOUT 300 PROCESSORS 2 LABELS crash)

if(RETRIAL_CHECK)
  include(cmake/checks.cmake)
endif()
