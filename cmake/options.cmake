option(RETRIAL_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(RETRIAL_TSAN "Build with ThreadSanitizer" OFF)
option(RETRIAL_FUZZ "Build the fuzzers of tests/fuzz with libFuzzer (clang)" OFF)
set(RETRIAL_FUZZ_SECONDS 20 CACHE STRING "How long ctest lets each fuzzer run")
option(RETRIAL_WERROR "Treat warnings as errors" OFF)
option(RETRIAL_CHECK "Let ctest also check format, analyser, clang, sanitizers and valgrind" OFF)
option(RETRIAL_VALGRIND_ALL "Let valgrind also run the unit tests that take it minutes" OFF)

# Asserts are for faults of our own, which must not reach a store: they stay on when optimised.
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO "${CMAKE_C_FLAGS_RELWITHDEBINFO}")

# Nobody puts functions of their own in the place of ours: those of one file may be inlined there.
add_compile_options(-fno-semantic-interposition)
add_compile_options(-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
                    -Wpointer-arith -Wwrite-strings -Wvla -Wundef)
add_compile_definitions(_GNU_SOURCE RETRIAL_VERSION="${PROJECT_VERSION}")
if(RETRIAL_WERROR)
  add_compile_options(-Werror)
endif()
if(RETRIAL_SANITIZE OR RETRIAL_FUZZ)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer
                      -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
if(RETRIAL_TSAN)
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
endif()
if(RETRIAL_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
