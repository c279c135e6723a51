/* Entries that are commands: run without a shell, results from a file or the last line. */
#include "engine/entry.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "engine/command_result.h"
#include "engine/command_watch.h"
#include "engine/kin.h"
#include "engine/placeholder.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINGER_US    1000000u /* what a command leaves running may end by itself so long */
#define CANNOT_RUN   127      /* as shells say it */
#define RETRIAL_VARS 8
#define STACK_SIZE   (256u << 10)

struct command_entry {
    struct rt_entry base;
    const struct rt_json *argv;
    const struct rt_json *how; /* where metrics are, or NULL */
    char *metric;
    bool metric_needed;
    struct trial_files { /* of the trial that is prepared for */
        char *params;    /* paths */
        char *result;
        struct rt_command_watch watch;
    } files;
};

struct words {
    char **items;
    size_t count;
};

static void clear_words(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
}

static int fill_words(const struct rt_json *argv, struct rt_span text, struct words *words,
                      struct rt_err *err)
{
    struct rt_json *params = NULL;
    int rc = rt_json_parse(text, &params, err);

    words->items = rt_calloc(rt_json_count(argv) + 1, sizeof *words->items);
    words->count = 0;
    for (size_t i = 0; rc == 0 && i < rt_json_count(argv); i++) {
        const char *word = rt_json_string(rt_json_at(argv, i));
        struct rt_buf out = RT_BUF_INIT;

        rc = rt_placeholder_expand(word ? word : "", params, &out, err);
        words->items[words->count++] = rt_buf_take(&out);
    }
    rt_json_free(params);
    return rc;
}

/* The environment of the worker and what a command is told through it. */
static struct words fill_environment(const struct rt_call *call, const struct trial_files *files)
{
    const char *saved = NULL;
    struct rt_err ignored;
    struct words words = {NULL, 0};
    size_t count = 0;

    while (environ[count])
        count++;
    words.items = rt_calloc(count + RETRIAL_VARS + 1, sizeof *words.items);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], "RETRIAL_", 8) != 0)
            words.items[words.count++] = rt_strdup(environ[i]);
    }
    words.items[words.count++] = rt_printf("RETRIAL_PARAMS=%s", files->params);
    words.items[words.count++] = rt_printf("RETRIAL_RESULT=%s", files->result);
    words.items[words.count++] = rt_printf("RETRIAL_SEED=%u", call->seed);
    words.items[words.count++] = rt_printf("RETRIAL_TRIAL=%s", call->id);
    words.items[words.count++] = rt_printf("RETRIAL_ATTEMPT=%u", call->attempt);
    words.items[words.count++] = rt_printf("RETRIAL_REPORT=%s", files->watch.pipe);
    words.items[words.count++] = rt_printf("RETRIAL_ANSWER=%s", files->watch.answer);
    if (call->link && rt_link_restore(call->link, &saved, &ignored) == 0 && saved)
        words.items[words.count++] = rt_printf("RETRIAL_CHECKPOINT_IN=%s", saved);
    return words;
}

/* What a new process becomes. */
struct start {
    pid_t worker;
    const sigset_t *mask;
    char **argv;
    char **environment;
};

/* Runs in the memory of the worker, on a stack of its own, while the worker stands still. */
static int become(void *context)
{
    const struct start *start = context;
    const char *name = start->argv[0];
    const char *reason;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != start->worker)
        _exit(CANNOT_RUN);
    setpgid(0, 0); /* what is to stop gets its signal with all that it has started */
    sigprocmask(SIG_SETMASK, start->mask, NULL);
    execvpe(name, start->argv, start->environment);
    reason = strerror(errno);
    if (errno == ENOENT && strchr(name, '/') && access(name, F_OK) == 0)
        reason = "there is no such program as its first line names";
    dprintf(STDERR_FILENO, "retrial: running \"%s\": %s\n", name, reason);
    _exit(CANNOT_RUN);
}

/* As posix_spawn() does it, so that the memory of the worker need not be copied; that cannot bind
 * the life of the process to the worker's. */
static pid_t start_process(char **argv, char **environment)
{
    char *stack = rt_alloc(STACK_SIZE);
    struct start start = {getpid(), NULL, argv, environment};
    sigset_t all;
    sigset_t mask;
    pid_t pid;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &mask); /* no handler may run in both */
    start.mask = &mask;
    pid = clone(become, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    free(stack);
    return pid;
}

static void note_use(const struct rusage *use, struct rt_ended *ended)
{
    ended->measured = true;
    ended->user_us = (uint64_t)use->ru_utime.tv_sec * 1000000u + (uint64_t)use->ru_utime.tv_usec;
    ended->sys_us = (uint64_t)use->ru_stime.tv_sec * 1000000u + (uint64_t)use->ru_stime.tv_usec;
    ended->max_rss_kib = (uint64_t)use->ru_maxrss;
}

/* What the command left behind may finish its output, then it is ended. */
static void end_leftovers(void)
{
    uint64_t limit = rt_mono_us() + LINGER_US;

    while (waitpid(-1, NULL, WNOHANG) >= 0 && rt_mono_us() < limit)
        usleep(2000);
    if (rt_kin_any())
        rt_kin_end(NULL, 0);
}

static int run_words(const struct words *argv, const struct words *environment,
                     struct rt_command_watch *watch, int *status, struct rt_ended *ended,
                     struct rt_err *err)
{
    struct rusage use;
    pid_t pid;
    int rc;

    fflush(stdout);
    pid = start_process(argv->items, environment->items);
    if (pid < 0)
        return rt_err_errno(err, RT_EIO, "starting a process for \"%s\"", argv->items[0]);
    if ((rc = rt_command_watch_wait(watch, pid, status, &use, err)) < 0)
        return rc;
    note_use(&use, ended);
    end_leftovers();
    return 0;
}

static void clear_files(struct trial_files *files)
{
    rt_command_watch_end(&files->watch);
    free(files->params);
    free(files->result);
    *files = (struct trial_files){.watch = RT_COMMAND_WATCH_INIT};
}

static int write_params(const struct rt_call *call, const char *path, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    rt_buf_printf(&text, "%s\n", (const char *)call->params.data);
    rc = rt_fs_write(path, rt_buf_span(&text), err);
    rt_buf_clear(&text);
    return rc;
}

static int prepare(struct rt_entry *entry, const struct rt_call *call, struct rt_err *err)
{
    struct trial_files *files = &((struct command_entry *)entry)->files;
    int rc;

    clear_files(files); /* those of a trial that was taken back */
    files->params = rt_fs_join(call->scratch, "params.json");
    files->result = rt_fs_join(call->scratch, "result.json");
    if ((rc = rt_command_watch_begin(&files->watch, call, err)) < 0 ||
        (rc = rt_fs_remove(files->result, err)) < 0)
        return rc;
    return write_params(call, files->params, err);
}

static int run_call(struct command_entry *self, const struct rt_call *call, struct rt_ended *ended,
                    struct rt_err *err)
{
    struct rt_command_watch *watch = &self->files.watch;
    struct words environment = {NULL, 0};
    struct words argv = {NULL, 0};
    int status = 0;
    int rc;

    if ((rc = fill_words(self->argv, call->params, &argv, err)) < 0)
        goto out;
    environment = fill_environment(call, &self->files);
    if ((rc = run_words(&argv, &environment, watch, &status, ended, err)) < 0)
        goto out;
    if (watch->untold.code) {
        *err = watch->untold;
        rc = watch->untold.code;
        goto out;
    }
    rt_command_result(call, status, self->files.result,
                      &(struct rt_command_promise){self->metric, self->metric_needed, self->how},
                      ended);
    if (watch->stop) { /* however it has ended then */
        ended->outcome = RT_OUTCOME_PRUNED;
        ended->status = 0;
    }
out:
    clear_words(&argv);
    clear_words(&environment);
    return rc;
}

static void note_read(void *reads, const char *key)
{
    rt_reads_note(reads, key);
}

/* What else the command reads it takes from the file with all params. */
static void note_reads(const struct command_entry *self, struct rt_reads *reads)
{
    if (!reads || rt_reads_has(reads, "*"))
        return;
    for (size_t i = 0; i < rt_json_count(self->argv); i++)
        rt_placeholder_keys(rt_json_string(rt_json_at(self->argv, i)), note_read, reads);
    rt_reads_note(reads, "*");
}

static void run(struct rt_entry *entry, const struct rt_call *call, struct rt_ended *ended)
{
    struct command_entry *self = (struct command_entry *)entry;
    struct rt_err err;

    note_reads(self, call->reads);
    if (run_call(self, call, ended, &err) < 0)
        rt_ended_failed(ended, "%s", err.text);
    clear_files(&self->files);
}

static void free_entry(struct rt_entry *entry)
{
    struct command_entry *self = (struct command_entry *)entry;

    clear_files(&self->files);
    free(self->metric);
    free(self);
}

static const struct rt_entry_ops ops = {.run = run, .prepare = prepare, .free = free_entry};

/* True if execvp() will find the program of this name. */
static bool is_on_path(const char *name)
{
    const char *path = getenv("PATH");
    bool found = false;

    for (const char *at = path ? path : "/bin:/usr/bin"; *at && !found;) {
        size_t size = strcspn(at, ":");
        char *full = rt_printf("%.*s/%s", (int)size, at, name);

        found = access(full, X_OK) == 0;
        free(full);
        at += size + (at[size] == ':');
    }
    return found;
}

static int check_program(const char *name, const char *folder, struct rt_err *err)
{
    char *path = rt_fs_join(folder, name);
    int rc = 0;

    if (strchr(name, '/') ? access(path, X_OK) < 0 : !is_on_path(name))
        rc = rt_err_set(err, RT_EUSAGE, "the program \"%s\" %s", name,
                        !strchr(name, '/')   ? "is not on the PATH"
                        : rt_fs_exists(path) ? "cannot be executed; chmod +x it"
                                             : "does not exist beside the study's code");
    free(path);
    return rc;
}

int rt_entry_command_load(const struct rt_entry_task *task, struct rt_entry **out,
                          struct rt_err *err)
{
    const struct rt_json *argv = rt_json_get(task->entry, "argv");
    struct command_entry *self;
    struct words words = {NULL, 0};
    int rc = 0;

    if (!argv || rt_json_count(argv) == 0)
        return rt_err_set(err, RT_EUSAGE, "the command is empty");
    if (strcmp(task->params, "null") != 0)
        rc = fill_words(argv, rt_span_text(task->params), &words, err);
    if (rc < 0 ||
        (rc = check_program(words.count ? words.items[0] : rt_json_string(rt_json_at(argv, 0)),
                            task->folder, err)) < 0)
        goto out;
    self = rt_calloc(1, sizeof *self);
    self->base.ops = &ops;
    self->files.watch = RT_COMMAND_WATCH_INIT;
    self->argv = argv;
    self->how = rt_json_get(task->entry, "result");
    self->metric = rt_strdup(task->metric);
    self->metric_needed = task->metric_needed;
    *out = &self->base;
out:
    clear_words(&words);
    return rc;
}
