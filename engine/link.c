#include "engine/link.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/json.h"
#include "engine/note.h"
#include "engine/parcel.h"
#include "store/report.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_MOST  255u
#define WINDOW     256u  /* reports on their way at most */
#define THIN_AFTER 4096u /* so many are sent as they are; then every other one, ... */

struct rt_link {
    struct rt_talk *talk;
    char *folder;
    pthread_mutex_t mutex;
    pid_t pid;
    uint32_t number; /* of the trial that runs; 0: none does */
    uint32_t attempt;
    const struct rt_json *script; /* what it is told, of a replay */
    size_t script_at;
    uint64_t calls;    /* that were answered */
    uint64_t made;     /* reports of this trial */
    uint64_t sent;     /* of them */
    uint64_t answered; /* of those */
    uint64_t stride;   /* one of so many is sent */
    uint64_t copies;   /* of checkpoints, ever: their names differ */
    uint64_t keeping;  /* copies that the agent has not taken over */
    bool stop;
    bool told; /* the trial knows that it is to stop */
    bool restore_asked;
    bool restored; /* the answer came */
    char *reason;
    char *params; /* new ones that the trial has not been told of */
    char *told_params;
    char *saved; /* path of what an earlier attempt kept, or NULL */
    struct rt_buf note;
};

struct rt_link *rt_link_new(struct rt_talk *talk, const char *folder)
{
    struct rt_link *link = rt_calloc(1, sizeof *link);

    link->talk = talk;
    link->folder = rt_strdup(folder);
    link->pid = getpid();
    pthread_mutex_init(&link->mutex, NULL);
    return link;
}

static void forget_trial(struct rt_link *link)
{
    free(link->reason);
    free(link->params);
    free(link->told_params);
    free(link->saved);
    link->reason = link->params = link->told_params = link->saved = NULL;
    link->calls = link->made = link->sent = link->answered = link->keeping = 0;
    link->stride = 1;
    link->stop = link->told = link->restore_asked = link->restored = false;
}

void rt_link_free(struct rt_link *link)
{
    if (!link)
        return;
    forget_trial(link);
    rt_buf_clear(&link->note);
    pthread_mutex_destroy(&link->mutex);
    free(link->folder);
    free(link);
}

void rt_link_begin(struct rt_link *link, uint32_t number, uint32_t attempt,
                   const struct rt_json *script)
{
    pthread_mutex_lock(&link->mutex);
    if (link->calls || link->made || link->stop || link->params || link->restore_asked ||
        link->keeping)
        forget_trial(link);
    link->stride = 1;
    link->number = number;
    link->attempt = attempt;
    link->script = script;
    link->script_at = 0;
    pthread_mutex_unlock(&link->mutex);
}

/* A text, which replaces another. */
static void set_text(char **text, struct rt_reader *reader)
{
    struct rt_span span = rt_read_span(reader);

    free(*text);
    *text = span.size ? rt_strndup(span.data, span.size) : NULL;
}

static void say(struct rt_span text)
{
    dprintf(STDERR_FILENO, "retrial: %.*s\n", (int)text.size,
            text.size ? (const char *)text.data : "");
}

static void take_note(struct rt_link *link)
{
    struct rt_reader reader = rt_reader(rt_buf_span(&link->note));
    uint64_t answered;

    if (link->note.size == 0)
        return;
    switch (rt_read_u8(&reader)) {
    case RT_NOTE_ANSWERED:
        answered = rt_read_varint(&reader);
        if (answered > link->answered && answered <= link->sent)
            link->answered = answered;
        break;
    case RT_NOTE_STOP:
        set_text(&link->reason, &reader);
        link->stop = true;
        break;
    case RT_NOTE_PARAMS:
        set_text(&link->params, &reader);
        break;
    case RT_NOTE_SAY:
        say(rt_read_span(&reader));
        break;
    case RT_NOTE_RESTORED:
        set_text(&link->saved, &reader);
        link->restored = true;
        break;
    case RT_NOTE_KEPT:
        link->keeping -= link->keeping > 0;
        break;
    default:
        break;
    }
}

static void hear(struct rt_link *link)
{
    while (rt_talk_take_note(link->talk, link->number, &link->note))
        take_note(link);
}

/* The agent leaves no note unanswered for ever: when it is alone, it answers by itself. */
static void hear_until_answered(struct rt_link *link, uint64_t upto)
{
    hear(link);
    while (link->answered < upto) {
        rt_talk_wait(link->talk);
        hear(link);
    }
}

void rt_link_end(struct rt_link *link, struct rt_ended *ended)
{
    pthread_mutex_lock(&link->mutex);
    if (ended->outcome == RT_OUTCOME_OK && link->told)
        ended->outcome = RT_OUTCOME_PRUNED;
    if (ended->outcome == RT_OUTCOME_PRUNED && link->stop) {
        rt_buf_reset(&ended->reason);
        rt_buf_add(&ended->reason, link->reason ? link->reason : "it was told to stop");
    }
    link->number = 0;
    pthread_mutex_unlock(&link->mutex);
}

/* What the original had heard by this call; a command, which makes none, by so many reports. */
static void follow_script(struct rt_link *link)
{
    for (; link->script_at < rt_json_count(link->script); link->script_at++) {
        const struct rt_json *one = rt_json_at(link->script, link->script_at);
        const struct rt_json *params = rt_json_get(one, "params");
        const char *stop = rt_json_get_text(one, "stop", NULL);

        if (rt_json_get_int(one, "call", 0) > (int64_t)link->calls ||
            rt_json_get_int(one, "reports", 0) > (int64_t)link->made)
            return;
        if (params) {
            free(link->params);
            link->params = rt_json_text(params);
        }
        if (stop) {
            free(link->reason);
            link->reason = rt_strdup(stop);
            link->stop = true;
        }
    }
}

static void send(struct rt_link *link, struct rt_buf *note, bool wake)
{
    rt_talk_send(link->talk, &(struct rt_frame){link->number | RT_FRAME_NOTE, rt_buf_span(note)},
                 wake);
    rt_buf_clear(note);
}

/* The trial is about to hear what it did not know. */
static void say_heard(struct rt_link *link)
{
    struct rt_json *heard;
    struct rt_json *params = NULL;
    struct rt_buf text = RT_BUF_INIT;
    struct rt_buf note = RT_BUF_INIT;

    if ((!link->stop || link->told) && !link->params)
        return;
    heard = rt_json_new_object();
    if (link->stop && !link->told)
        rt_json_set_text(heard, "stop", link->reason ? link->reason : "");
    if (link->params && rt_json_parse(rt_span_text(link->params), &params, NULL) == 0)
        rt_json_set(heard, "params", params);
    rt_json_canonical(heard, &text);
    rt_buf_put_u8(&note, RT_NOTE_HEARD);
    rt_buf_put_varint(&note, link->calls); /* none, if it only looks */
    rt_buf_put_varint(&note, link->made);
    rt_buf_put_span(&note, rt_buf_span(&text));
    send(link, &note, false);
    rt_buf_clear(&text);
    rt_json_free(heard);
}

/* Takes the lock, if this is the process of a trial that runs. */
static int enter(struct rt_link *link, struct rt_err *err)
{
    if (!link)
        return rt_err_set(err, RT_EUSAGE, "no trial runs");
    if (getpid() != link->pid)
        return rt_err_set(
            err, RT_EUSAGE,
            "a process that the trial forked cannot report; do so in the trial's own");
    pthread_mutex_lock(&link->mutex);
    if (link->number)
        return 0;
    pthread_mutex_unlock(&link->mutex);
    return rt_err_set(err, RT_EUSAGE, "no trial runs: it has ended before this was called");
}

static void leave(struct rt_link *link, struct rt_answer *answer)
{
    if (answer) {
        follow_script(link);
        say_heard(link);
        answer->stop = link->stop;
        answer->reason = link->stop ? (link->reason ? link->reason : "it was told to stop") : NULL;
        free(link->told_params);
        link->told_params = link->params;
        link->params = NULL;
        answer->params = link->told_params;
        link->told = link->told || link->stop;
    }
    pthread_mutex_unlock(&link->mutex);
}

/* Whether this report is one of those that are sent: of long trials ever fewer. */
static bool is_sent(struct rt_link *link)
{
    if ((link->made - 1) % link->stride != 0)
        return false;
    if (link->sent >= THIN_AFTER && link->sent % (THIN_AFTER / 2) == 0 &&
        link->sent / (THIN_AFTER / 2) >= 2)
        link->stride *= 2;
    return true;
}

static void send_report(struct rt_link *link, int64_t step, struct rt_span values, uint32_t count,
                        bool wait)
{
    struct rt_report report = {.study = 1, /* the agent knows better */
                               .ordinal = 1,
                               .attempt = link->attempt,
                               .number = link->made,
                               .step = step,
                               .time_us = rt_wall_us(),
                               .count = count,
                               .values = values};
    struct rt_buf note = RT_BUF_INIT;

    rt_buf_put_u8(&note, RT_NOTE_REPORT);
    rt_buf_put_u8(&note, wait);
    rt_report_put(&note, &report);
    link->sent++;
    send(link, &note, true);
}

static int check_report(int64_t step, struct rt_span values, uint32_t count, struct rt_err *err)
{
    struct rt_report report = {.study = 1,
                               .ordinal = 1,
                               .attempt = 1,
                               .number = 1,
                               .step = step,
                               .count = count,
                               .values = values};
    struct rt_buf row = RT_BUF_INIT;
    struct rt_reader reader;

    if (step < 0)
        return rt_err_set(err, RT_EUSAGE, "the step of a report is an integer, 0 or more");
    if (count == 0)
        return rt_err_set(err, RT_EUSAGE, "a report needs at least one metric");
    if (count > RT_REPORT_VALUES_MAX)
        return rt_err_set(err, RT_EUSAGE, "a report has %u metrics, and may have %u", count,
                          RT_REPORT_VALUES_MAX);
    rt_report_put(&row, &report);
    reader = rt_reader(rt_buf_span(&row));
    rt_report_get(&reader, &report);
    rt_buf_clear(&row);
    if (reader.bad)
        return rt_err_set(err, RT_EUSAGE,
                          "the name of a metric is UTF-8, not empty, and has %u bytes at most",
                          RT_REPORT_NAME_MAX);
    return 0;
}

int rt_link_report(struct rt_link *link, int64_t step, struct rt_span values, uint32_t count,
                   bool wait, struct rt_answer *answer, struct rt_err *err)
{
    int rc;

    if ((rc = check_report(step, values, count, err)) < 0 || (rc = enter(link, err)) < 0)
        return rc;
    link->made++;
    link->calls += answer != NULL;
    if (is_sent(link)) {
        if (link->sent - link->answered >= WINDOW)
            hear_until_answered(link, link->sent - WINDOW + 1);
        send_report(link, step, values, count, wait);
    }
    if (wait)
        hear_until_answered(link, link->sent);
    else
        hear(link);
    leave(link, answer);
    return 0;
}

int rt_link_answer(struct rt_link *link, bool wait, struct rt_answer *answer, struct rt_err *err)
{
    int rc = enter(link, err);

    if (rc < 0)
        return rc;
    link->calls++;
    if (wait)
        hear_until_answered(link, link->sent);
    else
        hear(link);
    leave(link, answer);
    return 0;
}

int rt_link_look(struct rt_link *link, struct rt_answer *answer, struct rt_err *err)
{
    int rc = enter(link, err);

    if (rc < 0)
        return rc;
    hear(link);
    leave(link, answer);
    return 0;
}

/* What it is called, so that it can have that name again. */
static void put_name(struct rt_buf *note, const char *path)
{
    size_t end = strlen(path);
    size_t start;

    while (end && path[end - 1] == '/')
        end--;
    for (start = end; start && path[start - 1] != '/'; start--)
        continue;
    if (start == end || path[start] == '.' || end - start > NAME_MOST)
        rt_buf_put_text(note, "checkpoint");
    else
        rt_buf_put_span(note, rt_span(path + start, end - start));
}

int rt_link_keep(struct rt_link *link, const char *path, int64_t step, bool take,
                 struct rt_err *err)
{
    struct rt_buf note = RT_BUF_INIT;
    char *copy;
    bool folder;
    int rc;

    if ((rc = enter(link, err)) < 0)
        return rc;
    copy = rt_printf("%s/keep-%llu", link->folder, (unsigned long long)++link->copies);
    if ((rc = rt_parcel_make(path, copy, take ? link->folder : NULL, &folder, err)) == 0) {
        rt_buf_put_u8(&note, RT_NOTE_KEEP);
        rt_buf_put_varint(&note, step < 0 ? 0 : (uint64_t)step + 1);
        rt_buf_put_u8(&note, folder);
        rt_buf_put_text(&note, copy);
        put_name(&note, path);
        link->keeping++;
        send(link, &note, true);
    }
    hear(link);
    while (rc == 0 && link->keeping > 1) { /* one under way, and one behind it */
        rt_talk_wait(link->talk);
        hear(link);
    }
    free(copy);
    leave(link, NULL);
    return rc;
}

int rt_link_restore(struct rt_link *link, const char **path, struct rt_err *err)
{
    struct rt_buf note = RT_BUF_INIT;
    int rc;

    *path = NULL;
    if ((rc = enter(link, err)) < 0)
        return rc;
    if (link->attempt > 1 && !link->restore_asked) {
        rt_buf_put_u8(&note, RT_NOTE_RESTORE);
        link->restore_asked = true;
        send(link, &note, true);
        hear(link);
        while (!link->restored) {
            rt_talk_wait(link->talk);
            hear(link);
        }
    }
    *path = link->saved;
    leave(link, NULL);
    return 0;
}

bool rt_link_sleep(struct rt_link *link, int *fd)
{
    *fd = link->talk->wake;
    return rt_talk_sleep(link->talk);
}

void rt_link_awake(struct rt_link *link)
{
    rt_talk_awake(link->talk);
}
