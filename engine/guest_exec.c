#include "engine/guest_exec.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <unistd.h>

/* What the interpreter must read as it starts, and nobody else; NULL: nothing. */
static const struct {
    const char *name;
    const char *value;
} variables[] = {
    {"PYTHONHASHSEED", "0"}, /* sets are iterated in the same order everywhere */
    {"PYTHONDONTWRITEBYTECODE", "1"},
    {"PYTHONIOENCODING", "utf-8:backslashreplace"},
    {"PYTHONHOME", NULL},
    {"PYTHONPATH", NULL}, /* worker.py takes what fits the version */
    {"PYTHONSTARTUP", NULL},
};
#define VARIABLES (sizeof variables / sizeof variables[0])

/* Puts back what the last arguments say: NAME=VALUE, or NAME if there was none. */
static const char begin[] = "import os, sys\n"
                            "if sys.path and sys.path[0] == '':\n"
                            "    del sys.path[0]\n"
                            "while sys.argv[-1] != '--':\n"
                            "    name, was, value = sys.argv.pop().partition('=')\n"
                            "    if was:\n"
                            "        os.environ[name] = value\n"
                            "    else:\n"
                            "        os.environ.pop(name, None)\n";

static char *set_variable(const char *name, const char *value)
{
    const char *was = getenv(name);
    char *argument = was ? rt_printf("%s=%s", name, was) : rt_strdup(name);

    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
    return argument;
}

void rt_guest_exec(const char *executable, const char *program, const char *const *arguments,
                   size_t count)
{
    const char **argv = rt_calloc(count + VARIABLES + 5, sizeof *argv);
    size_t size = 0;

    argv[size++] = executable;
    argv[size++] = "-c";
    argv[size++] = rt_printf("%s%s", begin, program);
    for (size_t i = 0; i < count; i++)
        argv[size++] = arguments[i];
    argv[size++] = "--";
    for (size_t i = 0; i < VARIABLES; i++)
        argv[size++] = set_variable(variables[i].name, variables[i].value);
    execv(executable, (char *const *)argv);
    /* The process ends now. */
}
