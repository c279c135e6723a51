# tests/python/test_NAME.py: python/retrial and r/ against an engine of tests/python/double.py.
# By Debian's interpreter, for which the packages of packages/debian-12.txt are.
file(GLOB python_tests CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/tests/python
  ${CMAKE_SOURCE_DIR}/tests/python/test_*.py)
foreach(source IN LISTS python_tests)
  cmake_path(GET source STEM name)
  string(REGEX REPLACE "^test_" "" short ${name})
  add_test(NAME python/${short} COMMAND /usr/bin/python3 -B -W ignore -m unittest -b ${name}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/tests/python)
  set_tests_properties(python/${short} PROPERTIES TIMEOUT 300 LABELS python)
endforeach()
