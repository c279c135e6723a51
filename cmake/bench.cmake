# Programs of bench/, built when a benchmark asks for them.
add_executable(scale EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/scale.c)
target_link_libraries(scale PRIVATE rt_engine)
set_target_properties(scale PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
