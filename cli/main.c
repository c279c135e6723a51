/* The program: find the command, open what it needs, run it, say what went wrong. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "cli/cmd.h"
#include "cli/context.h"
#include "cli/guard.h"
#include "cli/help.h"
#include "cli/options.h"
#include "engine/nursery.h"

/* A file opened later must not land on a closed 0, 1 or 2. What takes their place gives errors:
 * nothing is to be read or written there. */
static void hold_standard_files(void)
{
    int fd;

    for (fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

static int check_arguments(const struct rt_cmd *cmd, int count, char **args, struct rt_err *err)
{
    const char *usage = cmd->usage ? cmd->usage : "";
    const char *space = cmd->usage ? " " : "";

    if (count < cmd->args_min)
        return rt_err_set(err, RT_EUSAGE, "something is missing; usage: retrial %s%s%s", cmd->name,
                          space, usage);
    if (count > cmd->args_max)
        return rt_err_set(err, RT_EUSAGE, "\"%s\" is too much; usage: retrial %s%s%s",
                          args[cmd->args_max], cmd->name, space, usage);
    return 0;
}

static int run_command(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    const struct rt_cmd *cmd = context->cmd;
    char **args = NULL;
    int count = 0;
    int rc;
    int i;

    if ((rc = rt_options_command(cmd, argc, argv, &args, &count, err)) < 0)
        goto out;
    context->store_option = rt_globals.store;
    if (rt_globals.help) {
        rt_help_command(cmd);
        goto out;
    }
    if ((rc = check_arguments(cmd, count, args, err)) < 0)
        goto out;
    /* The nursery is forked while this process has no thread, no MPI and no store. */
    if (cmd->executes && ((rc = rt_guard_fork(&context->guard, err)) < 0 ||
                          (rc = rt_nursery_fork(&context->nursery, err)) < 0))
        goto out;
    if ((rc = rt_context_open(context, err)) == 0)
        rc = cmd->run(context, count, args, err);
    rc = rt_context_close(context, rc, err);
    rt_nursery_free(context->nursery);
    context->nursery = NULL;
    rt_guard_free(context->guard);
out:
    for (i = 0; i < count; i++)
        free(args[i]);
    free(args);
    return rc;
}

/* A reader that has gone away ends the program without words, any other failure is told. */
static int close_output(int rc, struct rt_err *err)
{
    int failed = ferror(stdout);

    errno = 0;
    if (fflush(stdout) == 0 && !failed)
        return rc;
    if (rc < 0 && rc != RT_ETRIALS)
        return rc;
    if (errno == EPIPE)
        return rt_err_set(err, RT_EIO, "%s", "");
    if (errno == 0)
        return rt_err_set(err, RT_EIO, "not all of the output could be written");
    return rt_err_errno(err, RT_EIO, "writing the output");
}

static int run_program(int argc, char **argv, struct rt_cmd_context *context, struct rt_err *err)
{
    static char name[] = "overview";
    static char *overview[] = {name, NULL};
    int first;
    int rc;

    if ((rc = rt_options_before(argc, argv, &first, err)) < 0)
        return rc;
    if (rt_globals.version) {
        printf("retrial %s\n", RETRIAL_VERSION);
        return 0;
    }
    argc -= first;
    argv += first;
    if (argc == 0 && !rt_globals.help && rt_cmd_find("overview")) {
        argv = overview;
        argc = 1;
    } else if (argc == 0) {
        rt_help_program();
        return 0;
    }
    if ((rc = rt_cmd_lookup(argv[0], &context->cmd, err)) < 0)
        return rc;
    return run_command(context, argc, argv, err);
}

/* What an error quotes may come from anywhere. */
static void print_error(const struct rt_cmd *cmd, const struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;

    rt_escape_text(&text, rt_span_text(err->text));
    fprintf(stderr, "retrial%s%s: %s\n", cmd ? " " : "", cmd ? cmd->name : "", rt_buf_text(&text));
    rt_buf_clear(&text);
}

int main(int argc, char **argv)
{
    struct rt_cmd_context context = {.argc = argc, .argv = argv};
    struct rt_err err = {0};
    int rc;

    hold_standard_files();
    rc = run_program(argc, argv, &context, &err);
    rc = close_output(rc, &err);
    if (rc < 0 && err.text[0])
        print_error(context.cmd, &err);
    free(rt_globals.store);
    return rt_err_exit_code(rc);
}
