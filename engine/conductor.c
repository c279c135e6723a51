#include "engine/conductor_own.h"

#include "base/alloc.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#define FOR_EVER_US (UINT64_C(1000) * 86400 * 1000000) /* longer than any launch */

void rt_actions_clear(struct rt_actions *actions)
{
    for (size_t i = 0; i < actions->count; i++)
        rt_buf_clear(&actions->items[i].bytes);
    free(actions->items);
    memset(actions, 0, sizeof *actions);
}

struct rt_action *rt_conductor_act(struct rt_conductor *conductor, enum rt_action_kind kind)
{
    struct rt_actions *actions = conductor->actions;
    struct rt_action *action;

    actions->items =
        rt_grow(actions->items, &actions->capacity, actions->count + 1, sizeof *actions->items);
    action = &actions->items[actions->count++];
    *action = (struct rt_action){.kind = kind, .bytes = RT_BUF_INIT};
    return action;
}

void rt_conductor_send(struct rt_conductor *conductor, int rank, const struct rt_wire *wire)
{
    struct rt_action *action = rt_conductor_act(conductor, RT_ACTION_SEND);

    action->rank = rank;
    rt_wire_put(&action->bytes, wire);
}

void rt_conductor_acknowledge(struct rt_conductor *conductor, int rank, uint64_t number)
{
    conductor->roster.members[rank].results_acked = number;
    rt_conductor_send(conductor, rank, &(struct rt_wire){.kind = RT_WIRE_ACK, .ack = number});
}

/* Appends an event; the note says what follows once it is durable. The body is filled in next. */
struct rt_buf *rt_conductor_append(struct rt_conductor *conductor, enum rt_event_kind event,
                                   enum rt_note_kind kind, int rank, struct rt_note **note)
{
    struct rt_action *action = rt_conductor_act(conductor, RT_ACTION_APPEND);
    struct rt_note *put = rt_outbox_put(&conductor->outbox, kind, rank);

    action->event = event;
    conductor->awaited |= event != RT_EVENT_ATTEMPTS && event != RT_EVENT_LEASE;
    if (note)
        *note = put;
    return &action->bytes;
}

const struct rt_study *rt_conductor_study(const struct rt_conductor *conductor)
{
    return rt_state_study(conductor->state, conductor->options.study);
}

uint64_t rt_conductor_decided(const struct rt_conductor *conductor)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    uint64_t sum = 0;

    for (int i = 0; i < RT_OUTCOMES; i++)
        sum += of->done[i];
    return sum;
}

struct rt_conductor *rt_conductor_new(const struct rt_conductor_options *options,
                                      const struct rt_state *state, struct rt_span study_message)
{
    struct rt_conductor *conductor = rt_calloc(1, sizeof *conductor);

    conductor->options = *options;
    conductor->state = state;
    rt_retry_init(&conductor->retry, rt_conductor_study(conductor), options->retry);
    rt_buf_put(&conductor->study_message, study_message.data, study_message.size);
    return conductor;
}

void rt_conductor_free(struct rt_conductor *conductor)
{
    if (!conductor)
        return;
    rt_buf_clear(&conductor->study_message);
    rt_roster_clear(&conductor->roster);
    rt_outbox_clear(&conductor->outbox);
    rt_retry_clear(&conductor->retry);
    rt_priorities_clear(&conductor->priorities);
    rt_packages_clear(&conductor->packages);
    rt_json_free(conductor->live);
    free(conductor->unshared);
    free(conductor->beside);
    free(conductor);
}

static void note_lost(void *context, uint32_t study, uint64_t ordinal, uint32_t attempt,
                      uint32_t launch, uint32_t rank)
{
    struct rt_conductor *conductor = context;

    (void)ordinal;
    (void)attempt;
    (void)launch;
    (void)rank;
    conductor->lost_before |= study == conductor->options.study;
}

static void start(struct rt_conductor *conductor)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    uint64_t waiting = of->planned - rt_conductor_decided(conductor);

    waiting += rt_retry_waiting(&conductor->retry);
    conductor->start_us = conductor->now_us;
    conductor->beat_us = conductor->now_us + conductor->options.beat_us;
    conductor->share = (waiting + conductor->options.ranks - 1) / conductor->options.ranks;
    if (conductor->open) /* nobody knows how many there will be */
        conductor->share = UINT64_MAX;
    rt_roster_init(&conductor->roster, conductor->options.ranks, conductor->now_us);
    rt_state_lost_leases(conductor->state, note_lost, conductor);
}

static void begin_stop(struct rt_conductor *conductor, uint64_t grace_us)
{
    if (conductor->phase == PHASE_RUNNING)
        rt_conductor_return_unsent(conductor);
    conductor->phase = PHASE_STOPPING;
    conductor->stop_by_us = conductor->now_us + grace_us + conductor->options.silence_us;
    for (size_t rank = 0; rank < conductor->roster.count; rank++) {
        if (rt_member_listens(&conductor->roster.members[rank]))
            rt_conductor_say_stop(conductor, (int)rank, grace_us);
    }
}

void rt_conductor_fail(struct rt_conductor *conductor, int code, struct rt_span why)
{
    if (conductor->failure || conductor->phase > PHASE_STOPPING)
        return;
    conductor->failure = code;
    rt_err_set(&conductor->why, code, "%.*s", (int)why.size,
               why.size ? (const char *)why.data : "");
    if (conductor->phase == PHASE_RUNNING)
        begin_stop(conductor, 0);
}

static void ask_to_stop(struct rt_conductor *conductor)
{
    uint64_t grace = conductor->interrupted ? 0 : conductor->options.grace_us;

    if (conductor->phase > PHASE_STOPPING)
        return;
    conductor->interrupted = true;
    begin_stop(conductor, grace);
}

/* Nothing is left to do, or nobody is left to do it. */
static void find_end(struct rt_conductor *conductor)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    size_t out = rt_roster_with(&conductor->roster, RT_MEMBER_FAILED) +
                 rt_roster_with(&conductor->roster, RT_MEMBER_GONE) +
                 rt_roster_with(&conductor->roster, RT_MEMBER_LEFT);

    if (!conductor->open && rt_conductor_decided(conductor) == of->planned && of->leased == 0 &&
        rt_retry_next(&conductor->retry, of) == 0) {
        begin_stop(conductor, 0);
        return;
    }
    if (out < conductor->roster.count)
        return;
    conductor->failure = conductor->why.code ? conductor->why.code : RT_EPEER;
    if (!conductor->why.code)
        rt_err_set(&conductor->why, RT_EPEER, "all agents are gone");
    begin_stop(conductor, conductor->options.grace_us);
}

int rt_conductor_code(const struct rt_conductor *conductor)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    uint64_t good =
        of->done[RT_OUTCOME_OK] + of->done[RT_OUTCOME_PRUNED] + of->done[RT_OUTCOME_SKIPPED];

    if (conductor->failure)
        return conductor->failure;
    if (conductor->interrupted &&
        (conductor->open ||
         rt_conductor_decided(conductor) < of->planned + rt_retry_waiting(&conductor->retry)))
        return RT_EINTERRUPTED;
    return good < of->planned ? RT_ETRIALS : RT_OK;
}

static void append_end(struct rt_conductor *conductor)
{
    const char *reason = conductor->interrupted ? "interrupted"
                         : conductor->failure   ? "error"
                                                : "done";
    struct rt_json *body = rt_json_new_object();

    rt_json_set_int(body, "launch", conductor->options.launch);
    rt_json_set_text(body, "reason", reason);
    rt_json_set_text(body, "detail", conductor->failure ? conductor->why.text : "");
    rt_json_set_int(body, "code", rt_err_exit_code(rt_conductor_code(conductor)));
    rt_json_canonical(body,
                      rt_conductor_append(conductor, RT_EVENT_LAUNCH_END, RT_NOTE_END, -1, NULL));
    rt_json_free(body);
    conductor->phase = PHASE_ENDING;
}

/* Waits for the BYE of all, but not for ever: who does not answer is given up. */
static void go_on_stopping(struct rt_conductor *conductor)
{
    for (size_t rank = 0; rank < conductor->roster.count; rank++) {
        if (conductor->now_us >= conductor->stop_by_us)
            rt_conductor_miss(conductor, (int)rank, "did not stop in time");
    }
    if (rt_roster_empty(&conductor->roster) && rt_conductor_study(conductor)->leased == 0)
        append_end(conductor);
}

/* Once all inputs at hand have been taken: what is next? */
static void tick(struct rt_conductor *conductor)
{
    if (conductor->now_us >= conductor->beat_us) {
        conductor->beat_us = conductor->now_us + conductor->options.beat_us;
        rt_conductor_beat(conductor);
    }
    if (conductor->phase == PHASE_RUNNING)
        find_end(conductor);
    if (conductor->phase == PHASE_RUNNING)
        rt_conductor_dispatch(conductor);
    if (conductor->phase == PHASE_STOPPING)
        go_on_stopping(conductor);
}

static void take_durable(struct rt_conductor *conductor, uint64_t seq)
{
    struct rt_note note;

    while (rt_outbox_take(&conductor->outbox, seq, &note)) {
        struct rt_action *action;

        switch (note.kind) {
        case RT_NOTE_WORK:
        case RT_NOTE_SAY:
            action = rt_conductor_act(conductor, RT_ACTION_SEND);
            action->rank = note.rank;
            action->bytes = note.message;
            note.message = (struct rt_buf)RT_BUF_INIT;
            break;
        case RT_NOTE_ACK:
            rt_conductor_acknowledge(conductor, note.rank, note.number);
            break;
        case RT_NOTE_END:
            conductor->phase = PHASE_ENDED;
            rt_conductor_act(conductor, RT_ACTION_FINISH);
            break;
        case RT_NOTE_NOTHING:
            break;
        }
        rt_buf_clear(&note.message);
    }
    if (rt_outbox_empty(&conductor->outbox))
        conductor->awaited = false;
}

/* If it was us who stood still (a suspended laptop, a stuck disk), nobody else was silent: what
 * they said meanwhile may be read in several turns. */
static void see_the_time(struct rt_conductor *conductor, uint64_t mono_us)
{
    uint64_t before_us = conductor->now_us ? conductor->now_us : mono_us;

    conductor->now_us = mono_us > before_us ? mono_us : before_us;
    if (conductor->now_us - before_us <= conductor->options.silence_us / 2)
        return;
    for (size_t rank = 0; rank < conductor->roster.count; rank++)
        conductor->roster.members[rank].heard_us = conductor->now_us;
}

int rt_conductor_step(struct rt_conductor *conductor, const struct rt_input *input,
                      uint64_t mono_us, struct rt_actions *actions, struct rt_err *err)
{
    int rc = 0;

    see_the_time(conductor, mono_us);
    conductor->actions = actions;
    switch (input->kind) {
    case RT_INPUT_START:
        start(conductor);
        break;
    case RT_INPUT_MESSAGE:
        rt_conductor_take_message(conductor, input->rank, input->wire);
        break;
    case RT_INPUT_DURABLE:
        take_durable(conductor, input->seq);
        break;
    case RT_INPUT_TICK:
        tick(conductor);
        break;
    case RT_INPUT_STOP:
        ask_to_stop(conductor);
        break;
    case RT_INPUT_GONE:
        if (input->rank < 0 || (size_t)input->rank >= conductor->roster.count)
            rc = rt_err_set(err, RT_EINTERNAL, "rank %d is gone, but there never was one",
                            input->rank);
        else
            rt_conductor_miss(conductor, input->rank, "is gone");
        break;
    case RT_INPUT_TELL:
        rt_conductor_tell(conductor, input->tell);
        break;
    case RT_INPUT_KEPT:
        rt_conductor_kept(conductor, input->rank, input->piece);
        break;
    case RT_INPUT_GIVEN:
        rt_conductor_given(conductor, input->rank, input->piece, input->kept_by);
        break;
    }
    conductor->actions = NULL;
    return rc;
}

void rt_conductor_set_open(struct rt_conductor *conductor, bool open)
{
    conductor->open = open;
}

void rt_conductor_prefer(struct rt_conductor *conductor, uint64_t ordinal, int32_t priority)
{
    rt_priorities_set(&conductor->priorities, ordinal, priority);
}

void rt_conductor_give_out(struct rt_conductor *conductor, const struct rt_err *why,
                           uint64_t mono_us, struct rt_actions *actions)
{
    see_the_time(conductor, mono_us);
    conductor->open = false;
    if (conductor->failure || conductor->phase != PHASE_RUNNING)
        return;
    conductor->failure = why->code;
    conductor->why = *why;
    conductor->actions = actions;
    begin_stop(conductor, FOR_EVER_US);
    conductor->actions = NULL;
}

void rt_conductor_appended(struct rt_conductor *conductor, uint64_t seq)
{
    rt_outbox_number(&conductor->outbox, seq);
}

bool rt_conductor_awaits(const struct rt_conductor *conductor)
{
    return conductor->awaited || conductor->phase != PHASE_RUNNING;
}

uint64_t rt_conductor_wake_us(const struct rt_conductor *conductor)
{
    uint64_t recall_us = conductor->recall_us;

    return recall_us && recall_us < conductor->beat_us ? recall_us : conductor->beat_us;
}

void rt_conductor_progress(const struct rt_conductor *conductor, struct rt_progress *progress)
{
    const struct rt_study *of = rt_conductor_study(conductor);

    memset(progress, 0, sizeof *progress);
    progress->planned = of->planned;
    progress->again = rt_retry_waiting(&conductor->retry);
    memcpy(progress->done, of->done, sizeof progress->done);
    for (size_t rank = 0; rank < conductor->roster.count; rank++) {
        const struct rt_member *member = &conductor->roster.members[rank];

        progress->running += member->running;
        if (rt_json_get(member->about, "launcher_cores") && progress->bound_agents++ == 0)
            progress->bound = member->about;
        progress->gpu_agents +=
            rt_json_get_int(rt_json_get(member->about, "gpus"), "usable", 0) > 0;
    }
    progress->agents = (uint32_t)rt_roster_with(&conductor->roster, RT_MEMBER_READY);
    progress->failed_agents = conductor->failed_agents;
    progress->lost_agents = conductor->lost_agents;
    progress->back_agents = conductor->back_agents;
    progress->missing = (uint32_t)rt_roster_with(&conductor->roster, RT_MEMBER_GONE);
    progress->agent_news = conductor->agent_news;
    progress->slots = (uint32_t)rt_roster_slots(&conductor->roster);
    progress->live = conductor->live;
    progress->unshared = conductor->unshared;
    progress->beside = conductor->beside;
    progress->stopping = conductor->phase != PHASE_RUNNING;
    progress->failure = conductor->failure;
    progress->why = conductor->why;
}
