option(RETRIAL_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(RETRIAL_WERROR "Treat warnings as errors" OFF)

add_compile_options(-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
                    -Wpointer-arith -Wwrite-strings -Wvla -Wundef)
add_compile_definitions(_GNU_SOURCE RETRIAL_VERSION="${PROJECT_VERSION}")
if(RETRIAL_WERROR)
  add_compile_options(-Werror)
endif()
if(RETRIAL_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer
                      -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
