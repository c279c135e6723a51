# python/retrial/NAME.py becomes the text rt_python_NAME in "python_NAME.h"; suggest.py stands behind trial.py.
set(python_text_files "")
set(more_trial ${CMAKE_SOURCE_DIR}/python/retrial/suggest.py)
foreach(name worker trial guest)
  set(out ${CMAKE_BINARY_DIR}/generated/python_${name}.h)
  set(source ${CMAKE_SOURCE_DIR}/python/retrial/${name}.py)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DSYMBOL=rt_python_${name} -DOUT=${out}
            -DMORE=${more_${name}} -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${source} ${more_${name}} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  list(APPEND python_text_files ${out})
endforeach()
add_custom_target(python_texts DEPENDS ${python_text_files})

# replay/alone/: what `retrial checkout` writes, as texts in "alone_NAME.h".
set(alone_text_files "")
foreach(name run.py main.c.in hear.sh)
  string(REGEX REPLACE "\\..*" "" stem ${name})
  set(out ${CMAKE_BINARY_DIR}/generated/alone_${stem}.h)
  set(source ${CMAKE_SOURCE_DIR}/replay/alone/${name})
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DSYMBOL=rt_alone_${stem} -DOUT=${out}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${source} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  list(APPEND alone_text_files ${out})
endforeach()
add_custom_target(alone_texts DEPENDS ${alone_text_files})
