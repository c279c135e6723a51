# sql/index/insert_attempt.sql becomes `extern const char rt_sql_index_insert_attempt[]` in "sql.h".
file(GLOB_RECURSE sql_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/sql/*.sql)
add_custom_command(
  OUTPUT ${CMAKE_BINARY_DIR}/generated/sql.c ${CMAKE_BINARY_DIR}/generated/sql.h
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR}/sql -DOUT=${CMAKE_BINARY_DIR}/generated
          -P ${CMAKE_SOURCE_DIR}/cmake/embed_sql.cmake
  DEPENDS ${sql_files} ${CMAKE_SOURCE_DIR}/cmake/embed_sql.cmake
  VERBATIM)
add_library(rt_sql STATIC ${CMAKE_BINARY_DIR}/generated/sql.c)
target_include_directories(rt_sql PUBLIC ${CMAKE_BINARY_DIR}/generated)
