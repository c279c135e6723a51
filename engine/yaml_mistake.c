#include "engine/yaml_mistake.h"

#include <stddef.h>
#include <string.h>

#define INDENT                                                                                     \
    "the line is indented like nothing above it; keys that belong together start in the same "     \
    "column"
#define TAB   "tabs do not indent; write blanks"
#define QUOTE "the text has no closing quote on its line"
#define COMMA                                                                                      \
    "a comma or a closing bracket is missing before this; texts with , : [ ] { } in them need "    \
    "quotes"

/* libfyaml's words begin with `theirs`. */
static const struct {
    const char *theirs;
    const char *ours;
} mistakes[] = {
    {"invalid nested block mapping on the same line",
     "a second colon on the line; write what belongs to the key indented on lines of its own, and "
     "texts that have a colon before a blank or at their end in quotes"},
    {"block sequence on the same line", "a list with dashes starts on a line of its own"},
    {"block sequence entries not allowed",
     "a list with dashes starts on a line of its own; a text that starts with a dash needs quotes"},
    {"invalid multiline plain key",
     "this goes on to a line with a colon; write KEY: VALUE with a blank behind the colon, and "
     "indent with blanks, not tabs"},
    {"invalid mapping in plain multiline",
     "this goes on to a line with a colon; write KEY: VALUE with a blank behind the colon"},
    {"invalid indentation in mapping", INDENT},
    {"did not find expected key", "this is no KEY: VALUE of the mapping above; keys that belong "
                                  "together start in the same column"},
    {"wrongly indented sequence item", INDENT},
    {"wrong indendation in sequence", INDENT},
    {"did not find expected '-' indicator", INDENT},
    {"invalid tab", TAB},
    {"tab character may not", TAB},
    {"wrongly indented double-quoted scalar", QUOTE},
    {"wrongly indented single-quoted scalar", QUOTE},
    {"double-quoted scalar without closing quote", QUOTE},
    {"single-quoted scalar without closing quote", QUOTE},
    {"invalid trailing content after single-quoted",
     "something follows the closing quote; within '...', write two quotes for one"},
    {"invalid trailing content after double-quoted",
     "something follows the closing quote; within \"...\", write \\\" for a quote"},
    {"missing comma in flow", COMMA},
    {"mismatched flow", "this closes a bracket that another one opened; brackets are closed by "
                        "their own kind"},
    {"flow mapping with invalid extra", "a } that closes no brace; remove it"},
    {"flow sequence with invalid extra", "a ] that closes no bracket; remove it"},
    {"flow sequence without a closing", "a [ is not closed; add its ]"},
    {"flow mapping without a closing", "a { is not closed; add its }"},
    {"plain scalar cannot start with", "a text cannot start with this character; put it in quotes"},
};

const char *rt_yaml_mistake(const char *theirs)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        if (strncmp(theirs, mistakes[i].theirs, strlen(mistakes[i].theirs)) == 0)
            return mistakes[i].ours;
    }
    return theirs;
}
