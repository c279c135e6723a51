/* Completion scripts for shells: commands, their options, and files. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/options.h"

static void each_visible(void (*each)(const struct rt_cmd *cmd))
{
    size_t i;

    for (i = 0; rt_cmds[i]; i++)
        if (!rt_cmds[i]->hidden)
            each(rt_cmds[i]);
}

/* Text inside single quotes of any of the three shells. */
static void print_quoted(const char *text, const char *escape)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs(escape, stdout);
        else
            putchar(*text);
    }
}

static void bash_name(const struct rt_cmd *cmd)
{
    printf(" %s", cmd->name);
}

static void bash_option(void *context, const struct poptOption *option)
{
    (void)context;
    if (option->shortName)
        printf(" -%c", option->shortName);
    printf(" --%s", option->longName);
}

static void bash_case(const struct rt_cmd *cmd)
{
    if (strcmp(cmd->name, "help") == 0)
        return; /* completes commands */
    printf("        %s) words='", cmd->name);
    rt_options_each(cmd->options, bash_option, NULL);
    rt_options_each(rt_global_options, bash_option, NULL);
    fputs("' ;;\n", stdout);
}

static void print_bash(void)
{
    fputs("# bash completion for retrial\n"
          "_retrial() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} command= words= i\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case ${COMP_WORDS[i]} in\n"
          "            --store) i=$((i + 1)) ;;\n"
          "            -*) ;;\n"
          "            *) command=${COMP_WORDS[i]}; break ;;\n"
          "        esac\n"
          "    done\n"
          "    case $command in\n"
          "        '') words='",
          stdout);
    each_visible(bash_name);
    rt_options_each(rt_global_options, bash_option, NULL);
    fputs("' ;;\n"
          "        help) words='",
          stdout);
    each_visible(bash_name);
    fputs("' ;;\n", stdout);
    each_visible(bash_case);
    fputs("    esac\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
          "}\n"
          "complete -o default -o bashdefault -F _retrial retrial\n",
          stdout);
}

/* '--jobs[Workers per rank]:N:_files'; brackets and colons mean something to _arguments. */
static void zsh_escaped(const char *text)
{
    for (; *text; text++) {
        if (strchr("[]:\\", *text))
            putchar('\\');
        if (*text == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*text);
    }
}

static void zsh_option(void *context, const struct poptOption *option)
{
    const char *argument = rt_option_argument(option);
    int turn;

    (void)context;
    for (turn = option->shortName ? 0 : 1; turn < 2; turn++) {
        if (turn == 0)
            printf(" \\\n                '*-%c[", option->shortName);
        else
            printf(" \\\n                '*--%s[", option->longName);
        zsh_escaped(option->descrip);
        putchar(']');
        if (argument)
            printf(":%s:_files", argument);
        putchar('\'');
    }
}

static void zsh_name(const struct rt_cmd *cmd)
{
    printf("                '%s:", cmd->name);
    print_quoted(cmd->summary, "'\\''");
    fputs("'\n", stdout);
}

static void zsh_case(const struct rt_cmd *cmd)
{
    printf("        %s)\n            _arguments", cmd->name);
    rt_options_each(cmd->options, zsh_option, NULL);
    rt_options_each(rt_global_options, zsh_option, NULL);
    fputs(" \\\n                '*:file:_files' ;;\n", stdout);
}

static void print_zsh(void)
{
    fputs("#compdef retrial\n"
          "_retrial() {\n"
          "    local curcontext=$curcontext state line\n"
          "    local -a commands\n"
          "    _arguments -C",
          stdout);
    rt_options_each(rt_global_options, zsh_option, NULL);
    fputs(" \\\n                '1:command:->command' '*::argument:->argument'\n"
          "    case $state in\n"
          "        command)\n"
          "            commands=(\n",
          stdout);
    each_visible(zsh_name);
    fputs("            )\n"
          "            _describe command commands\n"
          "            return ;;\n"
          "    esac\n"
          "    case $line[1] in\n",
          stdout);
    each_visible(zsh_case);
    fputs("    esac\n"
          "}\n"
          "_retrial \"$@\"\n",
          stdout);
}

static void fish_option(void *context, const struct poptOption *option)
{
    const struct rt_cmd *cmd = context;

    fputs("complete -c retrial", stdout);
    if (cmd)
        printf(" -n '__fish_seen_subcommand_from %s'", cmd->name);
    if (option->shortName)
        printf(" -s %c", option->shortName);
    printf(" -l %s%s -d '", option->longName, rt_option_argument(option) ? " -r" : "");
    print_quoted(option->descrip, "\\'");
    fputs("'\n", stdout);
}

static void fish_command(const struct rt_cmd *cmd)
{
    printf("complete -c retrial -n __fish_use_subcommand -a %s -d '", cmd->name);
    print_quoted(cmd->summary, "\\'");
    fputs("'\n", stdout);
    rt_options_each(cmd->options, fish_option, (void *)cmd);
}

static void print_fish(void)
{
    puts("# fish completion for retrial\n"
         "complete -c retrial -n __fish_use_subcommand -f");
    rt_options_each(rt_global_options, fish_option, NULL);
    each_visible(fish_command);
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    (void)context;
    (void)argc;
    if (strcmp(argv[0], "bash") == 0)
        print_bash();
    else if (strcmp(argv[0], "zsh") == 0)
        print_zsh();
    else if (strcmp(argv[0], "fish") == 0)
        print_fish();
    else
        return rt_err_set(err, RT_EUSAGE, "no completion for \"%s\"; there is bash, zsh and fish",
                          argv[0]);
    return 0;
}

const struct rt_cmd rt_cmd_completion = {
    .name = "completion",
    .summary = "Print a completion script for bash, zsh or fish",
    .usage = "bash|zsh|fish",
    .description = "Installed completions need nothing of this. Without an installation:\n\n"
                   "  source <(retrial completion bash)",
    .args_min = 1,
    .args_max = 1,
    .needs = RT_NEEDS_NOTHING,
    .run = run,
};
