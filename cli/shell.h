#ifndef RT_CLI_SHELL_H
#define RT_CLI_SHELL_H
/*
 * Statements one after the other: typed at a terminal, or read from a file.
 *
 * At a terminal a statement may take several lines, up to its semicolon, and
 * a line that starts with a dot is a word to the shell. An error is told and
 * the next statement is asked for; Ctrl-C ends the statement that runs or is
 * being typed; Ctrl-D leaves.
 */
#include <stdbool.h>
#include "base/err.h"

struct rt_shell {
    int (*statement)(void *context, const char *sql, struct rt_err *err);
    /* line: without its dot and its end. *leave: it asked for the end. */
    int (*word)(void *context, const char *line, bool *leave, struct rt_err *err);
    void *context;
};

/* Statements from the terminal at stdin, with prompts on stderr. */
int rt_shell_terminal(const struct rt_shell *shell, struct rt_err *err);

/* The statements of a text; the first that fails ends it. Between their results is an empty line.
 */
int rt_shell_text(const struct rt_shell *shell, const char *text, struct rt_err *err);

#endif
