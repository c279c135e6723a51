/* Entries that are Python functions, for an interpreter that is not of our build. */
#include "engine/entry_guest.h"

#include "base/alloc.h"
#include "engine/guest.h"
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

static struct rt_json *task_message(const struct rt_entry_task *task, struct rt_err *err)
{
    struct rt_json *message = rt_json_new_object();
    struct rt_json *params = NULL;

    if (rt_json_parse(rt_span_text(task->params), &params, err) < 0) {
        rt_json_free(message);
        return NULL;
    }
    rt_json_set_text(message, "root", task->folder);
    rt_json_set_text(message, "file", rt_json_get_text(task->entry, "file", ""));
    rt_json_set_text(message, "function", rt_json_get_text(task->entry, "function", ""));
    rt_json_set(message, "params", params);
    rt_json_set_int(message, "seed", task->seed);
    return message;
}

static struct rt_json *call_message(const struct rt_call *call)
{
    struct rt_json *message = rt_json_new_object();

    rt_json_set_text(message, "id", call->id);
    rt_json_set_int(message, "ordinal", (int64_t)call->ordinal);
    rt_json_set_int(message, "attempt", call->attempt);
    rt_json_set_int(message, "replicate", call->replicate);
    rt_json_set_int(message, "seed", call->seed);
    rt_json_set(message, "params", rt_json_new_string_span(call->params));
    return message;
}

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

static void take_use(const struct rt_json *use, struct rt_ended *ended)
{
    ended->measured = rt_json_count(use) == 3;
    ended->user_us = (uint64_t)rt_json_int(rt_json_at(use, 0));
    ended->sys_us = (uint64_t)rt_json_int(rt_json_at(use, 1));
    ended->max_rss_kib = (uint64_t)rt_json_int(rt_json_at(use, 2));
}

static void take_result(const struct rt_json *result, const char *metric, struct rt_ended *ended)
{
    struct rt_json *object;
    double special;

    ended->outcome = RT_OUTCOME_OK;
    if (rt_json_kind(result) == RT_JSON_OBJECT && !rt_json_special(result, &special)) {
        rt_json_canonical(result, &ended->result);
        return;
    }
    object = rt_json_new_object();
    rt_json_set(object, metric, rt_json_copy(result));
    rt_json_canonical(object, &ended->result);
    rt_json_free(object);
}

static void take_answer(const struct guest_entry *self, const struct rt_json *answer,
                        struct rt_ended *ended)
{
    const struct rt_json *result = rt_json_get(answer, "result");

    if (rt_json_get(answer, "use"))
        take_use(rt_json_get(answer, "use"), ended);
    if (result) {
        take_result(result, self->metric, ended);
        return;
    }
    rt_ended_failed(ended, "%s", rt_json_get_text(answer, "failed", "the guest gave no result"));
    ended->status = (int32_t)rt_json_get_int(answer, "status", 0);
}

static void take_reads(const struct rt_json *names, struct rt_reads *reads)
{
    for (size_t i = 0; i < rt_json_count(names); i++) {
        const char *name = rt_json_string(rt_json_at(names, i));

        if (name)
            rt_reads_note(reads, name);
    }
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

static void run(struct rt_entry *entry, const struct rt_call *call, struct rt_ended *ended)
{
    struct guest_entry *self = (struct guest_entry *)entry;
    struct rt_json *message = NULL;
    struct rt_json *answer = NULL;
    struct rt_err err;
    int status = 0;
    int rc = ensure_guest(self, &err);

    if (rc == 0) {
        message = call_message(call);
        rc = rt_guest_ask(&self->guest, message, &answer, &status, &err);
    }
    if (rc == 0) {
        take_answer(self, answer, ended);
        take_reads(rt_json_get(answer, "reads"), call->reads);
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
static void prepare(struct rt_entry *entry)
{
    struct rt_err ignored; /* run() meets the same error, and tells it */

    ensure_guest((struct guest_entry *)entry, &ignored);
}

static const struct rt_entry_ops ops = {.run = run, .prepare = prepare};

int rt_entry_guest_load(const struct rt_entry_task *task, const char *executable,
                        struct rt_entry **out, struct rt_err *err)
{
    struct guest_entry *self = rt_calloc(1, sizeof *self);
    struct rt_json *about = NULL;
    int rc;

    self->base.ops = &ops;
    self->guest = (struct rt_guest)RT_GUEST_INIT;
    self->executable = rt_strdup(executable);
    self->metric = rt_strdup(task->metric);
    if (!(self->task = task_message(task, err)))
        return err->code; /* the process ends now */
    /* Once here, so that a mistake is told before any trial; workers start guests of their own. */
    if ((rc = rt_guest_start(&self->guest, executable, self->task, &about, err)) < 0)
        return rc;
    rt_guest_stop(&self->guest);
    self->about = about ? rt_json_text(about) : NULL;
    self->base.about = self->about;
    rt_json_free(about);
    *out = &self->base;
    return 0;
}
