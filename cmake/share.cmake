# What the program says about itself: man page and completions, made from its command table.
set(share ${CMAKE_BINARY_DIR}/share)
function(retrial_share file)
  cmake_path(GET file PARENT_PATH folder)
  file(MAKE_DIRECTORY ${share}/${folder})
  add_custom_command(
    OUTPUT ${share}/${file}
    COMMAND retrial ${ARGN} > ${share}/${file}
    DEPENDS retrial
    VERBATIM)
endfunction()

retrial_share(man/man1/retrial.1 man)
retrial_share(bash-completion/completions/retrial completion bash)
retrial_share(zsh/site-functions/_retrial completion zsh)
retrial_share(fish/vendor_completions.d/retrial.fish completion fish)
add_custom_target(share ALL DEPENDS
  ${share}/man/man1/retrial.1
  ${share}/bash-completion/completions/retrial
  ${share}/zsh/site-functions/_retrial
  ${share}/fish/vendor_completions.d/retrial.fish)

# All that is needed to run and install, without the tests.
add_custom_target(program DEPENDS share)
foreach(target retrial retrial-comm-mpich retrial-comm-openmpi retrial-python retrial-guest)
  if(TARGET ${target})
    add_dependencies(program ${target})
  endif()
endforeach()
