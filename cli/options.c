#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/suggest.h"

struct rt_globals rt_globals;

const struct poptOption rt_global_options[] = {
    {"store", 0, POPT_ARG_STRING, &rt_globals.store, 0,
     "Use this store instead of the nearest .retrial upwards", "FOLDER"},
    {"help", 'h', POPT_ARG_NONE, &rt_globals.help, 0, "Show help", NULL},
    {"version", 0, POPT_ARG_NONE, &rt_globals.version, 0, "Show the version", NULL},
    POPT_TABLEEND,
};

void rt_options_each(const struct poptOption *table, rt_option_fn *each, void *context)
{
    for (; table && (table->longName || table->shortName || table->arg); table++) {
        if ((table->argInfo & POPT_ARG_MASK) == POPT_ARG_INCLUDE_TABLE)
            rt_options_each(table->arg, each, context);
        else
            each(context, table);
    }
}

const char *rt_option_argument(const struct poptOption *option)
{
    int type = option->argInfo & POPT_ARG_MASK;

    if (type == POPT_ARG_NONE || type == POPT_ARG_VAL)
        return NULL;
    return option->argDescrip ? option->argDescrip : "VALUE";
}

#define OPTIONS_MAX 64

struct names {
    const char *items[OPTIONS_MAX + 1]; /* ended by NULL */
    size_t count;
};

static void add_name(void *context, const struct poptOption *option)
{
    struct names *names = context;

    if (names->count < OPTIONS_MAX)
        names->items[names->count++] = option->longName;
}

/* A command line on its way through popt. */
struct parsing {
    poptContext parser;
    char **argv;
    const struct poptOption *table;
    const struct rt_cmd *cmd; /* NULL before its name */
};

static bool takes_command(const struct rt_cmd *cmd)
{
    return cmd && cmd->usage && strstr(cmd->usage, "-- COMMAND");
}

static int refuse_unknown(const char *option, const struct parsing *parsing, struct rt_err *err)
{
    struct names names = {{NULL}, 0};
    const char *near = NULL;

    rt_options_each(parsing->table, add_name, &names);
    if (strncmp(option, "--", 2) == 0)
        near = rt_suggest(option + 2, names.items);
    if (near)
        return rt_err_set(err, RT_EUSAGE, "unknown option \"%s\"; did you mean \"--%s\"?", option,
                          near);
    if (takes_command(parsing->cmd))
        return rt_err_set(err, RT_EUSAGE,
                          "unknown option \"%s\"; a command with its options comes behind --",
                          option);
    return rt_err_set(err, RT_EUSAGE, "unknown option \"%s\"", option);
}

/* For a value in a word of its own popt names the value: the option stands before it. */
static const char *option_before(const char *value, char **argv)
{
    for (int i = 1; argv[i]; i++) {
        if (argv[i - 1][0] == '-' && strcmp(argv[i], value) == 0)
            return argv[i - 1];
    }
    return value;
}

static int refuse(const struct parsing *parsing, int rc, struct rt_err *err)
{
    const char *bad = poptBadOption(parsing->parser, POPT_BADOPTION_NOALIAS);
    const char *option = bad[0] == '-' ? bad : option_before(bad, parsing->argv);

    switch (rc) {
    case POPT_ERROR_BADOPT:
        return refuse_unknown(option, parsing, err);
    case POPT_ERROR_NOARG:
        return rt_err_set(err, RT_EUSAGE, "option \"%s\" wants a value", option);
    case POPT_ERROR_UNWANTEDARG:
        return rt_err_set(err, RT_EUSAGE, "option \"%s\" takes no value", option);
    case POPT_ERROR_BADNUMBER:
        return rt_err_set(err, RT_EUSAGE, "option \"%s\" wants a number", option);
    case POPT_ERROR_OVERFLOW:
        return rt_err_set(err, RT_EUSAGE, "the number of option \"%s\" is too large", option);
    default:
        return rt_err_set(err, RT_EUSAGE, "option \"%s\": %s", option, poptStrerror(rc));
    }
}

static int parse(const struct parsing *parsing, struct rt_err *err)
{
    int rc;

    do
        rc = poptGetNextOpt(parsing->parser);
    while (rc >= 0);
    return rc == -1 ? 0 : refuse(parsing, rc, err);
}

int rt_options_before(int argc, char **argv, int *rest, struct rt_err *err)
{
    poptContext parser = poptGetContext("retrial", argc, (const char **)argv, rt_global_options,
                                        POPT_CONTEXT_POSIXMEHARDER);
    const char **args;
    int rc = parse(&(struct parsing){parser, argv, rt_global_options, NULL}, err);
    int left = 0;

    args = poptGetArgs(parser);
    while (args && args[left])
        left++;
    *rest = argc - left;
    poptFreeContext(parser);
    return rc;
}

static char **copy_args(const char **args, int *count)
{
    char **copy;
    int i;

    for (*count = 0; args && args[*count];)
        (*count)++;
    copy = rt_calloc((size_t)*count + 1, sizeof *copy);
    for (i = 0; i < *count; i++)
        copy[i] = rt_strdup(args[i]);
    return copy;
}

int rt_options_command(const struct rt_cmd *cmd, int argc, char **argv, char ***args, int *count,
                       struct rt_err *err)
{
    const struct poptOption none[] = {POPT_TABLEEND};
    const struct poptOption both[] = {
        {NULL, 0, POPT_ARG_INCLUDE_TABLE, (void *)(cmd->options ? cmd->options : none), 0, NULL,
         NULL},
        {NULL, 0, POPT_ARG_INCLUDE_TABLE, (void *)rt_global_options, 0, NULL, NULL},
        POPT_TABLEEND,
    };
    poptContext parser = poptGetContext("retrial", argc, (const char **)argv, both, 0);
    int rc = parse(&(struct parsing){parser, argv, both, cmd}, err);

    *args = copy_args(rc < 0 ? NULL : poptGetArgs(parser), count);
    poptFreeContext(parser);
    return rc;
}

int rt_options_split(const char *line, char ***words, int *count, struct rt_err *err)
{
    const char **split = NULL;
    int rc = poptParseArgvString(line, count, &split);

    if (rc < 0)
        return rt_err_set(err, RT_EUSAGE, "%s",
                          rc == POPT_ERROR_NOARG ? "there is nothing in it" : poptStrerror(rc));
    *words = copy_args(split, count);
    free(split);
    return 0;
}

int rt_options_line(const struct rt_cmd *cmd, const char *line, char ***args, int *count,
                    struct rt_err *err)
{
    const char **words = NULL;
    int number = 0;
    int rc = poptParseArgvString(line, &number, &words);

    *args = NULL;
    *count = 0;
    if (rc == POPT_ERROR_NOARG)
        return rt_err_set(err, RT_EUSAGE, "the line is empty");
    if (rc < 0)
        return rt_err_set(err, RT_EUSAGE, "%s", poptStrerror(rc));
    rc = rt_options_command(cmd, number, (char **)words, args, count, err);
    free(words);
    return rc;
}
