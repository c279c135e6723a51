#include "cli/help.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "cli/options.h"

const struct rt_exit_code rt_exit_codes[] = {
    {0, "done"},
    {1, "some trials did not succeed"},
    {2, "a wrong command line or study file"},
    {3, "divergence, or recorded facts stand against the request"},
    {4, "the store is damaged"},
    {5, "I/O error or full disk"},
    {6, "another writer holds the store"},
    {7, "the store was written by a newer version"},
    {75, "interrupted: run it again and it goes on"},
    {0, NULL},
};

static void print_option(void *context, const struct poptOption *option)
{
    const char *argument = rt_option_argument(option);
    char *left;

    (void)context;
    left = rt_printf("%c%c%s --%s%s%s", option->shortName ? '-' : ' ',
                     option->shortName ? option->shortName : ' ', option->shortName ? "," : " ",
                     option->longName, argument ? " " : "", argument ? argument : "");
    printf("  %-24s  %s\n", left, option->descrip);
    free(left);
}

void rt_help_program(void)
{
    size_t i;

    printf("Usage: retrial [--store FOLDER] [COMMAND [ARGUMENT...]]\n\n"
           "Runs studies of many trials, records everything that went into and came out of\n"
           "each one, and answers questions about them. Without a command: what is going on\n"
           "here.\n\nCommands:\n");
    for (i = 0; rt_cmds[i]; i++)
        if (!rt_cmds[i]->hidden)
            printf("  %-12s  %s\n", rt_cmds[i]->name, rt_cmds[i]->summary);
    printf("\nOptions of every command:\n");
    rt_options_each(rt_global_options, print_option, NULL);
    printf("\nExit codes:\n");
    for (i = 0; rt_exit_codes[i].meaning; i++)
        printf("  %2d  %s\n", rt_exit_codes[i].code, rt_exit_codes[i].meaning);
    printf("\n\"retrial help COMMAND\" tells more about one.\n");
}

void rt_help_command(const struct rt_cmd *cmd)
{
    printf("Usage: retrial %s%s%s%s\n\n%s.\n", cmd->name, cmd->options ? " [OPTION...]" : "",
           cmd->usage ? " " : "", cmd->usage ? cmd->usage : "", cmd->summary);
    if (cmd->description)
        printf("\n%s\n", cmd->description);
    if (cmd->options) {
        printf("\nOptions:\n");
        rt_options_each(cmd->options, print_option, NULL);
    }
    printf("\nOptions of every command:\n");
    rt_options_each(rt_global_options, print_option, NULL);
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    const struct rt_cmd *cmd;
    int rc;

    (void)context;
    if (argc == 0) {
        rt_help_program();
        return 0;
    }
    if ((rc = rt_cmd_lookup(argv[0], &cmd, err)) < 0)
        return rc;
    rt_help_command(cmd);
    return 0;
}

const struct rt_cmd rt_cmd_help = {
    .name = "help",
    .summary = "Show help, or help on one command",
    .usage = "[COMMAND]",
    .args_max = 1,
    .needs = RT_NEEDS_NOTHING,
    .run = run,
};
