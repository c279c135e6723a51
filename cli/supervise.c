#include "cli/supervise.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/quantity.h"
#include "cli/ends.h"
#include "cli/options.h"
#include "engine/comm_launcher.h"
#include "engine/request.h"
#include "replay/batch.h"
#include "store/lock.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAUSE_US 1000000u  /* before a launch is started again */
#define LOCK_US  60000000u /* the rest of one that died has so long to be gone */

struct supervisor {
    const struct rt_cmd_context *context;
    const struct rt_supervise_options *supervise;
    const struct rt_run_options *run;
    uint64_t start_us;
    char batch[RT_BATCH_ID]; /* of what the launches begin, if they replay */
    size_t left;             /* replays that were to be run when the last one had ended */
    int restarts;            /* so far */
    bool begun;              /* the launch that died had been recorded */
    bool asked;              /* somebody asked to stop */
};

/* What the store says of launches. */
struct facts {
    size_t launches;
    bool ended; /* the last one, in good order */
    int code;   /* what it ended with */
};

/* Looks at one event. */
static int read_end(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct facts *facts = context;
    struct rt_json *body = NULL;

    if (event->kind != RT_EVENT_LAUNCH_END || rt_json_parse(event->body, &body, err) < 0)
        return 1;
    facts->ended = true;
    facts->code = (int)rt_json_get_int(body, "code", 1);
    rt_json_free(body);
    return 1;
}

/* Behind the end of a launch there may be what it found, such as a verdict. */
static void look_for_end(struct rt_store *store, struct facts *facts)
{
    const struct rt_state *state = rt_store_state(store);
    const struct rt_launch *last = rt_state_launch(state, (uint32_t)facts->launches);

    if (!last || !last->ended)
        return;
    for (uint64_t seq = rt_state_seq(state); !facts->ended && seq > 0; seq--)
        rt_store_read(store, seq, read_end, facts, NULL);
}

/* A store that cannot be read is for the launch to complain of. */
static void look(const struct supervisor *supervisor, struct facts *facts)
{
    char *path = rt_request_store_path(supervisor->run);
    struct rt_store *store = NULL;

    *facts = (struct facts){0};
    if (path && rt_store_open(path, RT_STORE_READ, &store, NULL) == 0) {
        facts->launches = rt_state_launches(rt_store_state(store));
        look_for_end(store, facts);
        rt_store_close(store, NULL);
    }
    free(path);
}

/* Ranks of a launch that died may take a few seconds to be gone, and one of them has the lock. */
static void wait_for_lock(const struct supervisor *supervisor)
{
    uint64_t until = rt_mono_us() + LOCK_US;
    char *path = rt_request_store_path(supervisor->run);
    struct rt_lock_owner owner;

    do
        usleep(PAUSE_US);
    while (path && rt_mono_us() < until && rt_lock_owner(path, &owner, NULL) == 1);
    free(path);
}

struct words {
    char **items; /* ended by NULL */
    size_t count;
    size_t capacity;
};

static void add_word(struct words *words, char *word)
{
    words->items = rt_grow(words->items, &words->capacity, words->count + 1, sizeof *words->items);
    words->items[words->count++] = word;
}

static void free_words(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
}

/* True for "--name" and "--name=value"; in the first case the value is the next word. */
static bool is_option(const char *word, const char *name, bool *apart)
{
    size_t size = strlen(name);

    if (strncmp(word, name, size) != 0 || (word[size] && word[size] != '='))
        return false;
    *apart = !word[size];
    return true;
}

/* What is left of the wall time. */
static char *left_over(const struct supervisor *supervisor)
{
    uint64_t spent = rt_mono_us() - supervisor->start_us;
    int64_t all = 0;

    rt_quantity_parse(supervisor->supervise->walltime, rt_durations, &all);
    return rt_printf("--walltime=%llums", (uint64_t)all > spent + 1000
                                              ? (unsigned long long)((uint64_t)all - spent) / 1000
                                              : 1ull);
}

/* What is said to a launch that is supervised. */
static void add_own_words(const struct supervisor *supervisor, struct words *words)
{
    if (supervisor->begun)
        add_word(words, rt_strdup("--restarted"));
    if (supervisor->run->derive)
        add_word(words, rt_printf("--batch=%s", supervisor->batch));
}

/* Our own command line without what makes it a supervisor. */
static void add_command(const struct supervisor *supervisor, struct words *words)
{
    char **argv = supervisor->context->argv;
    char program[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    bool apart;
    int i;

    program[size > 0 ? size : 0] = '\0';
    add_word(words, rt_strdup(size > 0 ? program : argv[0]));
    for (i = 1; argv[i] && strcmp(argv[i], "--") != 0; i++) {
        if (is_option(argv[i], "--supervise", &apart) || is_option(argv[i], "--launcher", &apart)) {
            i += apart && argv[i + 1];
        } else if (is_option(argv[i], "--walltime", &apart)) {
            add_word(words, left_over(supervisor));
            i += apart && argv[i + 1];
        } else {
            add_word(words, rt_strdup(argv[i]));
        }
    }
    add_own_words(supervisor, words);
    for (; argv[i]; i++)
        add_word(words, rt_strdup(argv[i]));
}

static int compose(const struct supervisor *supervisor, struct words *words, struct rt_err *err)
{
    const char *launcher = supervisor->supervise->launcher;

    if (launcher) {
        int count;
        char **split;

        if (rt_options_split(launcher, &split, &count, err) < 0)
            return rt_err_while(err, "reading --launcher \"%s\"", launcher);
        for (int i = 0; i < count; i++)
            add_word(words, split[i]);
        free(split);
    }
    add_command(supervisor, words);
    add_word(words, NULL);
    words->count--;
    return 0;
}

static _Noreturn void become_launch(struct words *words, const sigset_t *mask)
{
    int null = open("/dev/null", O_RDONLY);

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setpgid(0, 0); /* Ctrl-C is for us to pass on, or it would come twice */
    if (null >= 0)
        dup2(null, 0);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(words->items[0], words->items);
    fprintf(stderr, "retrial: cannot start \"%s\": %s\n", words->items[0], strerror(errno));
    _exit(2);
}

/* Passes signals on until the launch has ended. */
static void await(struct supervisor *supervisor, pid_t launch, const sigset_t *caught, int *status)
{
    while (waitpid(launch, status, WNOHANG) != launch) {
        int number = sigwaitinfo(caught, NULL);

        if (number <= 0 || number == SIGCHLD)
            continue;
        supervisor->asked = true;
        kill(launch, number);
    }
}

static int run_once(struct supervisor *supervisor, int *status, struct rt_err *err)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGCHLD};
    struct words words = {0};
    sigset_t caught;
    sigset_t mask;
    pid_t launch;
    int rc;

    if ((rc = compose(supervisor, &words, err)) < 0)
        goto out;
    sigemptyset(&caught);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaddset(&caught, numbers[i]);
    sigprocmask(SIG_BLOCK, &caught, &mask);
    launch = fork();
    if (launch == 0)
        become_launch(&words, &mask);
    if (launch < 0)
        rc = rt_err_errno(err, RT_EINTERNAL, "starting \"%s\"", words.items[0]);
    else
        await(supervisor, launch, &caught, status);
    sigprocmask(SIG_SETMASK, &mask, NULL);
out:
    free_words(&words);
    return rc;
}

static char *describe(const struct supervisor *supervisor, int status)
{
    const char *what = supervisor->supervise->launcher ? "its launcher" : "it";

    if (WIFSIGNALED(status))
        return rt_printf("%s was killed by signal %d (%s)", what, WTERMSIG(status),
                         strsignal(WTERMSIG(status)));
    return rt_printf("%s ended with code %d", what, WEXITSTATUS(status));
}

/* What the program itself ends with, if no launcher makes something else of it. */
static bool is_ours(int status)
{
    int code = WEXITSTATUS(status);

    return WIFEXITED(status) && (code <= 7 || code == 70 || code == 75);
}

/* Negated exit codes stand for themselves; what there is to say the launch has said. */
static int pass_on(int code, struct rt_err *err)
{
    return code ? rt_err_set(err, -code, "%s", "") : 0;
}

enum judgement { OVER, DIED, NEXT };

/* A launch that ended in good order. What its replays came to the store says, and whether the
 * command has others to launch; a program of its own says so, too, but a launcher's code is none.
 */
static enum judgement judge_end(struct supervisor *supervisor, const struct facts *after,
                                int status, int *code)
{
    bool plain = !supervisor->supervise->launcher;
    char *path = rt_request_store_path(supervisor->run);
    struct rt_ends ends = {.known = false};
    enum judgement judgement = OVER;

    *code = after->code;
    if (plain && is_ours(status))
        *code = WEXITSTATUS(status);
    else if (rt_ends_of_launch(path, (uint32_t)after->launches, supervisor->run->derive != NULL,
                               -after->code, &ends, NULL) == 0 &&
             ends.known && !ends.left)
        *code = rt_err_exit_code(ends.rc);
    else if (ends.left && rt_ends_go_on(-after->code))
        judgement = plain || ends.left >= supervisor->left ? DIED : NEXT;
    supervisor->left = ends.left;
    free(path);
    return judgement;
}

static enum judgement judge(struct supervisor *supervisor, const struct facts *before, int status,
                            int *code)
{
    enum judgement judgement;
    struct facts after;
    bool begun;

    look(supervisor, &after);
    begun = after.launches > before->launches;
    *code = WEXITSTATUS(status);
    if (begun && after.ended)
        judgement = judge_end(supervisor, &after, status, code);
    else
        judgement = begun || !is_ours(status) ? DIED : OVER;
    supervisor->begun = begun && judgement == DIED;
    return judgement;
}

/* 1: it is to be started again. */
static int weigh_death(struct supervisor *supervisor, int status, struct rt_err *err)
{
    char *how = describe(supervisor, status);
    int rc = 1;

    if (supervisor->asked)
        rc = rt_err_set(err, RT_EINTERRUPTED,
                        "interrupted before the launch could end in good order; what was recorded "
                        "is safe: run the same command again");
    else if (supervisor->restarts >= supervisor->supervise->restarts)
        rc = rt_err_set(
            err, RT_EINTERRUPTED,
            "the launch died (%s) after %d restart%s; what was recorded is safe: run the "
            "same command again",
            how, supervisor->restarts, supervisor->restarts == 1 ? "" : "s");
    else
        fprintf(stderr, "retrial: the launch died (%s); it is started again, %d of %d\n", how,
                supervisor->restarts + 1, supervisor->supervise->restarts);
    free(how);
    supervisor->restarts++;
    return rc;
}

static int check(const struct rt_supervise_options *supervise, struct rt_err *err)
{
    struct rt_launcher launcher;

    if (supervise->restarts < 0)
        return rt_err_set(err, RT_EUSAGE, "--supervise takes how often to start again, not %d",
                          supervise->restarts);
    if (rt_launcher_detect(&launcher, err) < 0)
        return err->code;
    if (launcher.ranks > 1)
        return rt_err_set(err, RT_EUSAGE,
                          "--supervise cannot outlive %s, which started it; start it by itself and "
                          "have it start the ranks: --launcher \"mpiexec -n %u\"",
                          launcher.name, launcher.ranks);
    return 0;
}

int rt_supervise(const struct rt_cmd_context *context, const struct rt_supervise_options *supervise,
                 const struct rt_run_options *options, struct rt_err *err)
{
    struct supervisor supervisor = {.context = context,
                                    .supervise = supervise,
                                    .run = options,
                                    .start_us = rt_mono_us(),
                                    .left = SIZE_MAX};
    struct facts before;
    enum judgement judgement;
    int status = 0;
    int code = 0;
    int rc = check(supervise, err);

    rt_batch_new_id(supervisor.batch);
    while (rc == 0) {
        look(&supervisor, &before);
        if ((rc = run_once(&supervisor, &status, err)) < 0)
            return rc;
        if ((judgement = judge(&supervisor, &before, status, &code)) == OVER)
            return pass_on(code, err);
        if (judgement == DIED && (rc = weigh_death(&supervisor, status, err)) < 0)
            return rc;
        wait_for_lock(&supervisor);
        rc = 0;
    }
    return rc;
}
