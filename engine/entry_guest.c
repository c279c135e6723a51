/* Entries that are Python functions, in an interpreter that each worker starts for itself. */
#include "engine/entry_guest.h"

#include "base/alloc.h"
#include "engine/guest.h"
#include "engine/guest_talk.h"
#include "engine/kin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct guest_entry {
    struct rt_entry base;
    struct rt_guest guest; /* of this process; none in the template */
    char *executable;
    struct rt_json *task; /* the first message to a guest */
    char *metric;
    char *about;
};

/* How a guest ended that should not have. */
static void take_end(int status, struct rt_ended *ended)
{
    if (status == RT_GUEST_CUT) {
        rt_ended_failed(ended, "the trial closed or wrote over the channel of its interpreter");
        return;
    }
    if (WIFSIGNALED(status)) {
        ended->outcome = RT_OUTCOME_CRASHED;
        ended->status = WTERMSIG(status);
        rt_ended_signal_text(&ended->reason, WTERMSIG(status));
        return;
    }
    rt_ended_failed(ended, "the process ended without a result (exit status %d)",
                    WEXITSTATUS(status));
    ended->status = WEXITSTATUS(status);
}

static int ensure_guest(struct guest_entry *self, struct rt_err *err)
{
    struct rt_json *about = NULL;
    int rc;

    if (self->guest.pid)
        return 0;
    rc = rt_guest_start(&self->guest, self->executable, self->task, &about, err);
    rt_json_free(about);
    return rc;
}

static void ask(void *context, struct rt_span question, struct rt_buf *answer)
{
    const struct rt_call *call = context;

    call->ask(call->link, question, answer);
}

static void run(struct rt_entry *entry, const struct rt_call *call, struct rt_ended *ended)
{
    struct guest_entry *self = (struct guest_entry *)entry;
    struct rt_json *message = NULL;
    struct rt_json *answer = NULL;
    struct rt_err err;
    int status = 0;
    int rc = ensure_guest(self, &err);

    if (rc == 0) {
        message = rt_guest_call(call);
        rc = rt_guest_ask(&self->guest, message, ask, (void *)(uintptr_t)call, &answer, &status,
                          &err);
    }
    if (rc == 0) {
        rt_guest_take(answer, self->metric, call, ended);
    } else if (rc == RT_EPEER) {
        take_end(status, ended);
        rt_kin_end(NULL, 0);
    } else {
        rt_ended_failed(ended, "%s", err.text);
    }
    rt_json_free(message);
    rt_json_free(answer);
}

/* Starting an interpreter and importing the entry is not part of a trial. */
static int prepare(struct rt_entry *entry, const struct rt_call *call, struct rt_err *err)
{
    (void)call;
    ensure_guest((struct guest_entry *)entry, err); /* run() meets the same error, and tells it */
    return 0;
}

static const struct rt_entry_ops ops = {.run = run, .prepare = prepare};

int rt_entry_guest_new(const struct rt_entry_task *task, const char *executable,
                       const struct rt_json *about, struct rt_entry **out, struct rt_err *err)
{
    struct guest_entry *self = rt_calloc(1, sizeof *self);

    self->base.ops = &ops;
    self->guest = (struct rt_guest)RT_GUEST_INIT;
    self->executable = rt_strdup(executable);
    self->metric = rt_strdup(task->metric);
    if (!(self->task = rt_guest_task(task, err)))
        return err->code; /* the process ends now */
    self->base.about = self->about = rt_json_text(about);
    *out = &self->base;
    return 0;
}

/* Tries the interpreter once, so that a mistake is told before any trial. */
int rt_entry_guest_load(const struct rt_entry_task *task, const char *executable,
                        const char *unshared, struct rt_entry **out, struct rt_err *err)
{
    struct rt_guest guest = RT_GUEST_INIT;
    struct rt_json *message = rt_guest_task(task, err);
    struct rt_json *about = NULL;
    int rc;

    if (!message)
        return err->code;
    if ((rc = rt_guest_start(&guest, executable, message, &about, err)) < 0)
        goto out;
    rt_guest_stop(&guest);
    rt_json_set_text(about, "unshared", unshared);
    rc = rt_entry_guest_new(task, executable, about, out, err);
out:
    rt_json_free(about);
    rt_json_free(message);
    return rc;
}
