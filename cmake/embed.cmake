# Run as a script: writes the file SOURCE into the header OUT, as the text SYMBOL; behind it MORE, if
# that is given.
file(READ ${SOURCE} hex HEX)
if(MORE)
  file(READ ${MORE} more HEX)
  string(APPEND hex ${more})
endif()
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
file(WRITE ${OUT} "/* Made from ${SOURCE} at build time. */\nstatic const char ${SYMBOL}[] = {${bytes}0};\n")
