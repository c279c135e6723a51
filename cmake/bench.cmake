# Programs of bench/, built when a benchmark asks for them.
foreach(name asks bare loops rows scale unrecorded watch)
  add_executable(${name} EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/${name}.c)
  target_link_libraries(${name} PRIVATE rt_engine)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
endforeach()
