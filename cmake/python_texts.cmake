# python/retrial/NAME.py becomes the text rt_python_NAME in "python_NAME.h".
set(python_text_files "")
foreach(name worker guest)
  set(out ${CMAKE_BINARY_DIR}/generated/python_${name}.h)
  set(source ${CMAKE_SOURCE_DIR}/python/retrial/${name}.py)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DSYMBOL=rt_python_${name} -DOUT=${out}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${source} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  list(APPEND python_text_files ${out})
endforeach()
add_custom_target(python_texts DEPENDS ${python_text_files})
