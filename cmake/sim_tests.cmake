# The real conductor and state in simulated worlds: tests/sim. More by hand: sim --seeds 1-10000
file(GLOB sim_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/sim/*.c)
add_executable(sim ${sim_sources})
target_link_libraries(sim PRIVATE rt_engine)
set_target_properties(sim PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/sim)
add_test(NAME sim/conductor COMMAND sim --seeds 1-300)
set_tests_properties(sim/conductor PROPERTIES TIMEOUT 300 LABELS sim)
