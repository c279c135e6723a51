#include "cli/child.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/escape.h"
#include "cli/verdicts.h"
#include "engine/comm.h"
#include "replay/stopped.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS_MAX 4096

static volatile pid_t child;

int rt_child_check(const char *command, const struct rt_child_options *options, struct rt_err *err)
{
    const char *comm;
    int rc = rt_comm_detect(&comm, err);

    if (options->workers < 0 || options->workers > WORKERS_MAX)
        return rt_err_set(err, RT_EUSAGE, "-j takes a number of workers from 1 to %d, not %d",
                          WORKERS_MAX, options->workers);
    if (rc < 0 || strcmp(comm, "local") == 0)
        return rc;
    return rt_err_set(err, RT_EUSAGE,
                      "start %s by itself, and have it start the trials: retrial %s ... --launcher "
                      "\"mpiexec -n 16\"",
                      command, command);
}

static void hand_on(int number)
{
    if (child > 0)
        kill(child, number);
}

/* The terminal sends SIGINT to both; then it is enough that the child stops. */
static void catch_signals(struct sigaction before[2])
{
    static const int numbers[] = {SIGINT, SIGTERM};
    struct sigaction action = {.sa_handler = hand_on, .sa_flags = SA_RESTART};

    for (size_t i = 0; i < 2; i++) {
        action.sa_handler = numbers[i] == SIGINT && isatty(0) ? SIG_IGN : hand_on;
        sigaction(numbers[i], &action, &before[i]);
    }
}

static void put_back(const struct sigaction before[2])
{
    sigaction(SIGINT, &before[0], NULL);
    sigaction(SIGTERM, &before[1], NULL);
}

static void put_word(struct rt_buf *line, const char *word)
{
    rt_buf_add(line, line->size ? " " : "");
    rt_escape_shell(line, rt_span_text(word));
}

/* The command line, for a shell: the launcher's words are as somebody typed them. */
static char *command_line(const char *store, const char *study,
                          const struct rt_child_options *options, struct rt_err *err)
{
    struct rt_buf line = RT_BUF_INIT;
    char program[4096];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);

    if (size < 0) {
        rt_err_errno(err, RT_EIO, "finding the program that runs");
        return NULL;
    }
    program[size] = '\0';
    rt_buf_add(&line, "exec");
    if (options->launcher)
        rt_buf_printf(&line, " %s", options->launcher);
    put_word(&line, program);
    put_word(&line, "--store");
    put_word(&line, store);
    put_word(&line, "resume");
    put_word(&line, study);
    put_word(&line, "--quiet");
    if (options->workers)
        rt_buf_printf(&line, " -j %d", options->workers);
    return rt_buf_take(&line);
}

static int await(int *status, const char *study, struct rt_err *err)
{
    while (waitpid(child, status, 0) < 0) {
        if (errno != EINTR)
            return rt_err_errno(err, RT_EIO, "waiting for the replay \"%s\"", study);
    }
    return 0;
}

/* What the program ended with, if a launcher made nothing else of it. */
static int say_end(int status, const char *study, struct rt_err *err)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;

    if (code == 126 || code == 127) /* as shells have it */
        return rt_err_set(err, RT_EIO,
                          "the replay \"%s\" could not be started; what was wrong is said above",
                          study);
    if (code == -RT_EDAMAGED || code == -RT_EIO || code == -RT_ELOCKED || code == -RT_ENEWER)
        return rt_err_set(err, -code, "the replay \"%s\" did not run; what was wrong is said above",
                          study);
    return rt_err_set(err, RT_EINTERRUPTED,
                      "the replay \"%s\" was stopped; retrial resume %s completes it", study,
                      study);
}

/* By what the store holds: a launcher's exit code may be anything. */
static int judge(const char *path, const char *id, int status, struct rt_err *err)
{
    const struct rt_study *study;
    struct rt_store *store;
    struct rt_db *index = NULL;
    char *why = NULL;
    int rc = rt_store_open(path, RT_STORE_READ, &store, err);

    if (rc < 0)
        return rc;
    study = rt_state_study_by_id(rt_store_state(store), id);
    if (study && rt_study_unfinished(study)) {
        if ((rc = rt_verdicts_index(store, &index, err)) == 0 &&
            (rc = rt_stopped_why(index, study, &why, err)) == 0)
            rc = say_end(status, id, err);
        if (!why && WIFEXITED(status) && WEXITSTATUS(status) == -RT_EUSAGE)
            rc = rt_err_set(err, RT_EIO,
                            "the replay \"%s\" was not begun; what was wrong is said above", id);
        if (why && rc == RT_EINTERRUPTED)
            rc = rt_err_set(err, RT_EUSAGE, "the replay \"%s\" could not be run: %s", id, why);
    }
    rt_db_close(index);
    rt_store_close(store, NULL);
    free(why);
    return rc;
}

int rt_child_resume(const char *store, const char *study, const struct rt_child_options *options,
                    struct rt_err *err)
{
    char *line = command_line(store, study, options, err);
    struct sigaction before[2];
    int status = 0;
    int rc;

    if (!line)
        return RT_EIO;
    catch_signals(before);
    child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);

        put_back(before);
        if (nowhere >= 0 && dup2(nowhere, 1) >= 0) /* what it prints is no result of this command */
            execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    rc = child < 0 ? rt_err_errno(err, RT_EIO, "starting a process") : await(&status, study, err);
    rc = rc < 0 ? rc : judge(store, study, status, err);
    child = 0;
    put_back(before);
    free(line);
    return rc;
}
