#include "engine/conductor_own.h"

#include "base/alloc.h"
#include "base/json.h"
#include "engine/live.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOST_ROWS_MAX 1024 /* attempts in one event of lost ones */

struct losing {
    struct rt_conductor *conductor;
    int rank;
    bool down;
    const char *reason;
    struct rt_buf rows;
    uint64_t count;
};

static void end_losing(struct losing *losing)
{
    struct rt_buf *body;

    if (losing->count == 0)
        return;
    body = rt_conductor_append(losing->conductor, RT_EVENT_ATTEMPTS, RT_NOTE_NOTHING, losing->rank,
                               NULL);
    rt_buf_put_varint(body, losing->count);
    rt_buf_put(body, losing->rows.data, losing->rows.size);
    rt_buf_reset(&losing->rows);
    losing->count = 0;
}

/* Why a trial is not tried again, which is the answer to "why is it lost". */
static char *last_words(const struct losing *losing)
{
    return rt_printf(
        "%s; it is the second agent that was lost with this trial, which is set aside: "
        "retrial resume %s --retry lost tries it again",
        losing->reason, rt_conductor_study(losing->conductor)->id);
}

static void lose(void *context, uint32_t of, uint64_t ordinal, uint32_t attempt, uint32_t launch,
                 uint32_t rank)
{
    struct losing *losing = context;
    struct rt_attempt row = {
        .study = of,
        .ordinal = ordinal,
        .attempt = attempt,
        .launch = launch,
        .rank = rank,
        .outcome = RT_OUTCOME_LOST,
        .flags = losing->down ? RT_ATTEMPT_DOWN : 0,
    };
    const struct rt_study *study = rt_conductor_study(losing->conductor);
    char *reason;

    if (launch != losing->conductor->options.launch || (int)rank != losing->rank)
        return;
    reason = losing->down && rt_study_downs(study, ordinal) + 1 >= RT_DOWNS_MAX
                 ? last_words(losing)
                 : rt_strdup(losing->reason);
    row.reason = (struct rt_payload){.data = rt_span_text(reason), .size = strlen(reason)};
    rt_attempt_put(&losing->rows, &row);
    rt_priorities_again(&losing->conductor->priorities, ordinal);
    free(reason);
    if (++losing->count == LOST_ROWS_MAX)
        end_losing(losing);
}

void rt_conductor_give_up(struct rt_conductor *conductor, int rank, const char *reason, bool down)
{
    struct rt_member *member = &conductor->roster.members[rank];
    struct losing losing = {conductor, rank, down, reason, RT_BUF_INIT, 0};

    if (member->status == RT_MEMBER_GONE || member->status == RT_MEMBER_LEFT)
        return;
    rt_outbox_withdraw_work(&conductor->outbox, rank);
    rt_state_open_leases(conductor->state, lose, &losing);
    end_losing(&losing);
    rt_buf_clear(&losing.rows);
    member->was = member->status;
    member->status = RT_MEMBER_GONE;
    member->outstanding = 0;
    member->running = 0;
}

/* "rank 3 on node7" */
static void name_member(const struct rt_conductor *conductor, int rank, char *text, size_t size)
{
    const struct rt_member *member = &conductor->roster.members[rank];
    const char *host = rt_json_get_text(member->about, "host", NULL);

    snprintf(text, size, "rank %d%s%.64s", rank, host ? " on " : "", host ? host : "");
}

void rt_conductor_miss(struct rt_conductor *conductor, int rank, const char *reason)
{
    struct rt_member *member = &conductor->roster.members[rank];
    uint64_t held = member->outstanding;
    char name[96];
    char why[192];

    if (member->status == RT_MEMBER_GONE || member->status == RT_MEMBER_LEFT)
        return;
    name_member(conductor, rank, name, sizeof name);
    snprintf(why, sizeof why, "%s %s", name, reason);
    rt_conductor_give_up(conductor, rank, why, conductor->phase == PHASE_RUNNING);
    conductor->lost_agents++;
    snprintf(conductor->agent_news, sizeof conductor->agent_news,
             "%s and is given up; it had %" PRIu64 " trial%s, which others run", why, held,
             held == 1 ? "" : "s");
}

void rt_conductor_say_stop(struct rt_conductor *conductor, int rank, uint64_t grace_us)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    uint64_t good =
        of->done[RT_OUTCOME_OK] + of->done[RT_OUTCOME_PRUNED] + of->done[RT_OUTCOME_SKIPPED];
    struct rt_wire wire = {.kind = RT_WIRE_STOP, .stop = {grace_us, 0}};

    if (conductor->interrupted)
        wire.stop.code = RT_EINTERRUPTED;
    else if (conductor->failure)
        wire.stop.code = conductor->failure;
    else if (good < of->planned)
        wire.stop.code = RT_ETRIALS;
    rt_conductor_send(conductor, rank, &wire);
}

/* An object, whatever came. */
static struct rt_json *object_of(struct rt_span text)
{
    struct rt_json *json = NULL;

    if (rt_json_parse(text, &json, NULL) == 0 && rt_json_kind(json) == RT_JSON_OBJECT)
        return json;
    rt_json_free(json);
    return rt_json_new_object();
}

static void greet(struct rt_conductor *conductor, int rank, const struct rt_wire_hello *hello)
{
    struct rt_member *member = &conductor->roster.members[rank];
    struct rt_action *action;

    if (member->status != RT_MEMBER_ABSENT && member->status != RT_MEMBER_GONE)
        return;
    member->status = RT_MEMBER_JOINED;
    member->slots = hello->slots ? hello->slots : 1;
    rt_json_free(member->about);
    member->about = object_of(hello->about);
    if (conductor->phase != PHASE_RUNNING) {
        rt_conductor_say_stop(conductor, rank, 0);
        return;
    }
    action = rt_conductor_act(conductor, RT_ACTION_SEND);
    action->rank = rank;
    rt_buf_put(&action->bytes, conductor->study_message.data, conductor->study_message.size);
}

/* What the person at the keyboard is to be told of an interpreter. */
static void note_python(struct rt_conductor *conductor, const struct rt_json *python)
{
    const char *unshared = rt_json_get_text(python, "unshared", NULL);

    rt_live_add(&conductor->live, rt_json_get(python, "live"));
    if (!conductor->unshared && unshared)
        conductor->unshared = rt_strdup(unshared);
}

/* Takes what READY says beyond HELLO: workers, devices, interpreter. */
static void learn_more(struct rt_conductor *conductor, struct rt_member *member,
                       struct rt_json *about, struct rt_span more)
{
    struct rt_json *object = object_of(more);
    int64_t slots = rt_json_get_int(object, "slots", 0);

    if (slots > 0 && slots <= RT_WIRE_SLOTS_MAX)
        member->slots = (uint32_t)slots;
    for (void *at = rt_json_first(object); at; at = rt_json_next(object, at))
        rt_json_set(about, rt_json_iter_key(at), rt_json_keep(rt_json_iter_value(at)));
    if (!conductor->beside && rt_json_get_text(object, "beside", NULL))
        conductor->beside = rt_strdup(rt_json_get_text(object, "beside", NULL));
    rt_packages_note(&conductor->packages, rt_json_get(object, "python"));
    note_python(conductor, rt_json_get(about, "python"));
    rt_json_free(object);
}

/* Records an agent, or why it takes no trials; once more when there is more to tell. */
static void append_agent(struct rt_conductor *conductor, int rank,
                         const struct rt_wire_ready *ready)
{
    struct rt_member *member = &conductor->roster.members[rank];
    struct rt_json *about = member->about ? rt_json_keep(member->about) : rt_json_new_object();

    if (ready->code == 0)
        learn_more(conductor, member, about, ready->text);
    else
        rt_json_set(about, "failed", rt_json_new_string_span(ready->text));
    rt_json_set_int(about, "launch", conductor->options.launch);
    rt_json_set_int(about, "rank", rank);
    rt_json_set_int(about, "slots",
                    ready->code == 0 || member->status == RT_MEMBER_READY ? member->slots : 0);
    rt_json_canonical(about,
                      rt_conductor_append(conductor, RT_EVENT_AGENT, RT_NOTE_NOTHING, rank, NULL));
    rt_json_free(about);
}

static void take_ready(struct rt_conductor *conductor, int rank, const struct rt_wire_ready *ready)
{
    struct rt_member *member = &conductor->roster.members[rank];

    if ((member->status != RT_MEMBER_JOINED && member->status != RT_MEMBER_READY) ||
        ready->study != rt_conductor_study(conductor)->number)
        return;
    append_agent(conductor, rank, ready);
    if (ready->code == 0) { /* or more was learnt */
        member->status = RT_MEMBER_READY;
        return;
    }
    /* Others may have a disk that is not full; what a trial did concerns all. */
    if (member->status == RT_MEMBER_READY && ready->code != RT_EIO) {
        rt_conductor_fail(conductor, ready->code, ready->text);
        return;
    }
    member->status = RT_MEMBER_FAILED;
    conductor->failed_agents++;
    rt_err_set(&conductor->why, ready->code, "%.*s", (int)ready->text.size,
               ready->text.size ? (const char *)ready->text.data : "");
}

/* Records what is news of the params that the study's model asks for. */
static void take_reads(struct rt_conductor *conductor, int rank, const struct rt_wire_reads *reads)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    const struct rt_reads *known = rt_study_reads(of);
    struct rt_json *body;

    if (reads->study != of->number || (known && rt_reads_cover(known, &reads->reads)))
        return;
    body = rt_json_new_object();
    rt_json_set_int(body, "study", of->number);
    rt_json_set_int(body, "revision", of->revision);
    rt_json_set(body, "keys", rt_reads_json(&reads->reads));
    rt_json_canonical(body,
                      rt_conductor_append(conductor, RT_EVENT_READS, RT_NOTE_NOTHING, rank, NULL));
    rt_json_free(body);
}

/* A member that had been given up speaks: what it still holds has been leased to others. */
static void welcome_back(struct rt_conductor *conductor, int rank, enum rt_wire_kind kind)
{
    struct rt_member *member = &conductor->roster.members[rank];
    struct rt_wire wire = {.kind = RT_WIRE_FORGET};
    char name[96];

    if (member->status != RT_MEMBER_GONE || member->was == RT_MEMBER_ABSENT ||
        kind == RT_WIRE_HELLO || kind == RT_WIRE_BYE)
        return;
    member->status = member->was;
    conductor->back_agents++;
    name_member(conductor, rank, name, sizeof name);
    snprintf(conductor->agent_news, sizeof conductor->agent_news,
             "%s is back; what it ends that others were given is kept as late", name);
    if (conductor->phase == PHASE_RUNNING)
        rt_conductor_send(conductor, rank, &wire);
    else
        rt_conductor_say_stop(conductor, rank, 0);
}

/* Nothing is recorded behind the last event: who speaks now is told to leave. */
static void dismiss(struct rt_conductor *conductor, int rank, enum rt_wire_kind kind)
{
    if (conductor->phase == PHASE_ENDING && kind != RT_WIRE_BYE)
        rt_conductor_say_stop(conductor, rank, 0);
}

void rt_conductor_take_message(struct rt_conductor *conductor, int rank, const struct rt_wire *wire)
{
    struct rt_member *member;

    if (rank < 0 || (size_t)rank >= conductor->roster.count)
        return;
    member = &conductor->roster.members[rank];
    member->heard_us = conductor->now_us;
    if (conductor->phase > PHASE_STOPPING) {
        dismiss(conductor, rank, wire->kind);
        return;
    }
    if (member->barred && wire->kind != RT_WIRE_BYE)
        return;
    welcome_back(conductor, rank, wire->kind);
    switch (wire->kind) {
    case RT_WIRE_HELLO:
        greet(conductor, rank, &wire->hello);
        break;
    case RT_WIRE_READY:
        take_ready(conductor, rank, &wire->ready);
        break;
    case RT_WIRE_RESULTS:
        rt_conductor_take_results(conductor, rank, &wire->results);
        break;
    case RT_WIRE_RETURN:
        rt_conductor_take_returned(conductor, rank, &wire->work);
        break;
    case RT_WIRE_READS:
        take_reads(conductor, rank, &wire->reads);
        break;
    case RT_WIRE_REPORTS:
        rt_conductor_take_reports(conductor, rank, &wire->reports);
        break;
    case RT_WIRE_HEARD:
        rt_conductor_take_heard(conductor, rank, wire->heard);
        break;
    case RT_WIRE_BEAT:
        member->running = wire->beat.running;
        member->beat = wire->beat.number;
        break;
    case RT_WIRE_BYE:
        rt_conductor_give_up(conductor, rank, "the agent left before the attempt ended", false);
        member->status = RT_MEMBER_LEFT;
        break;
    default:
        break;
    }
}

/* Not to rank 0, whose agent is in our own process. */
static void send_beats(struct rt_conductor *conductor)
{
    for (size_t rank = 1; rank < conductor->roster.count; rank++) {
        struct rt_member *member = &conductor->roster.members[rank];
        struct rt_wire wire = {.kind = RT_WIRE_BEAT};

        if (!rt_member_listens(member))
            continue;
        wire.beat.number = member->beat;
        wire.beat.acked = member->results_acked;
        rt_conductor_send(conductor, (int)rank, &wire);
    }
}

/* Rank 0's agent lives in the conductor's own process and cannot be silent by itself. */
static void find_silent(struct rt_conductor *conductor)
{
    for (size_t rank = 1; rank < conductor->roster.count; rank++) {
        struct rt_member *member = &conductor->roster.members[rank];
        char reason[64];
        uint64_t silent = conductor->now_us - member->heard_us;

        if (silent < conductor->options.silence_us)
            continue;
        snprintf(reason, sizeof reason, "was silent for %" PRIu64 " s", silent / 1000000u);
        rt_conductor_miss(conductor, (int)rank, reason);
    }
}

void rt_conductor_beat(struct rt_conductor *conductor)
{
    send_beats(conductor);
    find_silent(conductor);
}
