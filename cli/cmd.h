#ifndef RT_CLI_CMD_H
#define RT_CLI_CMD_H
/*
 * A command of the program: one file cli/NAME.c with one record, and one
 * line in the table of cli/commands.c.
 *
 * main() parses the options, opens what the record needs, calls run() and
 * prints *err. Help, man page and completion are made from the records and
 * their popt tables, and tests hold them equal.
 *
 * Options are a popt table whose entries point to static variables of the
 * command's file (a process runs one command):
 *
 *     static char *study;
 *     static const struct poptOption options[] = {
 *         {"study", 's', POPT_ARG_STRING, &study, 0, "The study to ask about", "STUDY"},
 *         RT_OUTPUT_OPTIONS, // cli/output.h: --csv, --json, --md
 *         POPT_TABLEEND,
 *     };
 *
 * Every option has a long name and a description; texts start with a capital
 * and end without a full stop.
 */
#include <popt.h>
#include <stdbool.h>
#include "base/err.h"

struct rt_cmd;
struct rt_guard;
struct rt_home_writer;
struct rt_nursery;
struct rt_store;

enum rt_needs {
    RT_NEEDS_NOTHING,
    RT_NEEDS_STORE_PATH,  /* find the store's folder, open nothing */
    RT_NEEDS_STORE,       /* open it for reading */
    RT_NEEDS_STORE_WRITE, /* open it for writing, with its lock */
};

struct rt_cmd_context {
    const struct rt_cmd *cmd;
    int argc; /* the command line as typed */
    char **argv;
    const char *store_option; /* --store, or NULL */
    char *store_path;         /* for all that need a store: its folder */
    char *home;               /* if a home was named: that; store_path then leads to what is read
                               * instead, the hot store if it is on this host */
    struct rt_home_writer *home_writer; /* its newest; with `home` */
    bool home_is_here;                  /* store_path is the hot store */
    struct rt_store *store;             /* RT_NEEDS_STORE and RT_NEEDS_STORE_WRITE */
    struct rt_nursery *nursery;         /* for commands that execute */
    struct rt_guard *guard;             /* likewise; NULL: there is none */
};

#define RT_ARGS_ANY 1000000

struct rt_cmd {
    const char *name;
    const char *summary;     /* one line: "Show everything recorded about a trial" */
    const char *usage;       /* its arguments, without options: "TRIAL"; NULL: none */
    const char *description; /* for help and man page: paragraphs of at most 76 columns, set
                              * apart by empty lines; lines that start with two blanks stay as
                              * they are. NULL: the summary says it all */
    int args_min;
    int args_max;
    enum rt_needs needs;
    bool executes;                    /* runs users' code: the nursery is forked first of all */
    bool hidden;                      /* not in help, man page and completion */
    const struct poptOption *options; /* NULL: none of its own */
    /* argv holds the arguments after the command's name, without options, and ends with NULL. */
    int (*run)(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err);
};

/* All commands in the order of the help text, ended by NULL. */
extern const struct rt_cmd *const rt_cmds[];

const struct rt_cmd *rt_cmd_find(const char *name); /* or NULL */
int rt_cmd_lookup(const char *name, const struct rt_cmd **cmd, struct rt_err *err);

/* The store to use when none was opened: --store, or the nearest .retrial upwards. RT_ENOTFOUND.
 * Borrowed from the context. */
int rt_cmd_store_path(struct rt_cmd_context *context, const char **path, struct rt_err *err);

#endif
