/* The man page, in mdoc(7). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/help.h"
#include "cli/options.h"

/* Text as roff reads it: no escapes, no requests, plain hyphens. */
static void print_text(const char *text, size_t size)
{
    size_t i;

    if (size && (text[0] == '.' || text[0] == '\''))
        fputs("\\&", stdout);
    for (i = 0; i < size; i++) {
        if (text[i] == '\\')
            fputs("\\e", stdout);
        else if (text[i] == '-')
            fputs("\\-", stdout);
        else
            putchar(text[i]);
    }
}

/* Paragraphs as they are; lines that start with two blanks are set literally. */
static void print_description(const char *text)
{
    int literal = 0;

    while (*text) {
        size_t size = strcspn(text, "\n");
        int verbatim = strncmp(text, "  ", 2) == 0;

        if (verbatim != literal && (size || literal))
            puts(verbatim ? ".Bd -literal -compact -offset indent" : ".Ed");
        if (size || verbatim != literal)
            literal = verbatim;
        if (size) {
            print_text(text + (verbatim ? 2 : 0), size - (verbatim ? 2 : 0));
            putchar('\n');
        } else {
            puts(".Pp");
        }
        text += size + (text[size] == '\n');
    }
    if (literal)
        puts(".Ed");
}

static void print_option(void *context, const struct poptOption *option)
{
    const char *argument = rt_option_argument(option);

    (void)context;
    fputs(".It ", stdout);
    if (option->shortName)
        printf("Fl %c , ", option->shortName);
    fputs("Fl \\-", stdout);
    print_text(option->longName, strlen(option->longName));
    if (argument)
        printf(" Ar %s", argument);
    putchar('\n');
    print_text(option->descrip, strlen(option->descrip));
    puts(".");
}

static void print_options(const struct poptOption *options)
{
    puts(".Bl -tag -width Ds");
    rt_options_each(options, print_option, NULL);
    puts(".El");
}

static void print_command(const struct rt_cmd *cmd)
{
    printf(".Ss retrial %s", cmd->name);
    if (cmd->options)
        fputs(" [OPTION...]", stdout);
    if (cmd->usage)
        printf(" %s", cmd->usage);
    putchar('\n');
    print_text(cmd->summary, strlen(cmd->summary));
    puts(".");
    if (cmd->description) {
        puts(".Pp");
        print_description(cmd->description);
    }
    if (cmd->options)
        print_options(cmd->options);
}

static void print_end(void)
{
    size_t i;

    puts(".Sh EXIT STATUS\n.Bl -tag -width Ds");
    for (i = 0; rt_exit_codes[i].meaning; i++)
        printf(".It %d\n%s\n", rt_exit_codes[i].code, rt_exit_codes[i].meaning);
    puts(".El\n"
         ".Sh FILES\n"
         ".Bl -tag -width Ds\n"
         ".It Pa .retrial/\n"
         "The store: everything that was recorded.\n"
         ".It Pa .retrial/index.sqlite\n"
         "The index, for\n"
         ".Xr sqlite3 1\n"
         "and everything else that reads SQLite.\n"
         ".El");
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    size_t i;

    (void)context;
    (void)argc;
    (void)argv;
    (void)err;
    puts(".Dd $Mdocdate$\n"
         ".Dt RETRIAL 1\n"
         ".Os Retrial " RETRIAL_VERSION "\n"
         ".Sh NAME\n"
         ".Nm retrial\n"
         ".Nd run studies of many trials, and record everything about them\n"
         ".Sh SYNOPSIS\n"
         ".Nm\n"
         ".Op Fl \\-store Ar FOLDER\n"
         ".Op Ar COMMAND Op Ar ARGUMENT ...\n"
         ".Sh DESCRIPTION\n"
         ".Nm\n"
         "runs studies of many trials, plainly or under MPI, records everything that went into\n"
         "and came out of each trial, and answers questions about them.\n"
         "Without a command it tells what is going on here.\n"
         "Results go to standard output, all else to standard error.\n"
         ".Pp\n"
         "Every command takes these options:");
    print_options(rt_global_options);
    puts(".Sh COMMANDS");
    for (i = 0; rt_cmds[i]; i++)
        if (!rt_cmds[i]->hidden)
            print_command(rt_cmds[i]);
    print_end();
    return 0;
}

const struct rt_cmd rt_cmd_man = {
    .name = "man",
    .summary = "Print the man page",
    .needs = RT_NEEDS_NOTHING,
    .hidden = true,
    .run = run,
};
