# With RETRIAL_CHECK, ctest also holds the sources to what a reader may expect of them: their
# format, the static analyser, clang's warnings, and unit tests under sanitizers and valgrind.
foreach(check format tidy clang asan)
  add_test(NAME check/${check}
    COMMAND ${CMAKE_SOURCE_DIR}/tests/check ${check} ${CMAKE_BINARY_DIR})
  set_tests_properties(check/${check} PROPERTIES LABELS check TIMEOUT 1200 PROCESSORS 2)
endforeach()

# Left out of valgrind: idle, whose limit of descriptors valgrind keeps to itself; kill, whose writers
# get nothing done between two kills; and readonly, whose children have limits of time and memory.
set(without_valgrind engine/idle store/kill query/readonly)
# These take ten seconds to minutes: with RETRIAL_VALGRIND_ALL alone. (Sanitizers look at them always.)
if(NOT RETRIAL_VALGRIND_ALL)
  list(APPEND without_valgrind base/real engine/driving_read engine/entry_python engine/pool engine/slot_end
       engine/study_mistakes engine/study_when engine/worker engine/yaml query/named store/code
       store/code_commit store/code_seal store/faults store/follower store/home store/index
       store/index_random store/index_view)
endif()
find_program(VALGRIND valgrind)
foreach(source IN LISTS unit_tests)
  cmake_path(GET source PARENT_PATH folder)
  cmake_path(GET folder FILENAME layer)
  cmake_path(GET source STEM name)
  string(REGEX REPLACE "^test_" "" short ${name})
  if(VALGRIND AND NOT ${layer}/${short} IN_LIST without_valgrind)
    add_test(NAME valgrind/${layer}/${short}
      COMMAND ${VALGRIND} -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite
              --fair-sched=yes --suppressions=${CMAKE_SOURCE_DIR}/tests/valgrind.supp
              $<TARGET_FILE:${layer}-${name}>)
    set_tests_properties(valgrind/${layer}/${short} PROPERTIES LABELS valgrind TIMEOUT 600
      ENVIRONMENT "RETRIAL_MODULES=${CMAKE_LIBRARY_OUTPUT_DIRECTORY};RETRIAL_VALGRIND=1")
  endif()
endforeach()
