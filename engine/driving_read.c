/*
 * The conversation so far, read from the journal turn by turn, a bounded number of them ahead of
 * the program that is run again. Of trials that the program has been told by then nothing is kept.
 */
#include "engine/driving_own.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD     4096u      /* turns, after which reading pauses */
#define AHEAD_MIN 1024u      /* and with fewer of which it goes on */
#define BYTES     (4u << 20) /* of their texts, likewise */
#define BYTES_MIN (1u << 20)

static bool is_cut(struct rt_driving *driving, uint64_t seq)
{
    const struct rt_survey *survey = &driving->survey;
    size_t *at = &driving->reading.cut;

    while (*at < survey->cut_count && survey->cuts[*at].to <= seq)
        ++*at;
    return *at < survey->cut_count && survey->cuts[*at].from <= seq;
}

/* Trials of the conversation that is replayed are not needed any more once they were told. */
static void end_told(struct rt_driving *driving, uint64_t point)
{
    rt_driving_close_id(driving, point);
    if (driving->reading.current)
        rt_driving_let_go(driving, point);
}

/* A journal may be damaged: null for what is missing. */
static char *text_of(const struct rt_json *value)
{
    return value ? rt_json_text(value) : rt_strdup("null");
}

static char *item_text(const struct rt_json *item)
{
    struct rt_buf text = RT_BUF_INIT;

    rt_driver_put_item(&text, item);
    return rt_buf_take(&text);
}

static void add_to_group(struct rt_driving *driving, struct rt_proposed *trial, uint64_t point)
{
    struct rt_proposed *first = rt_driving_trial(driving, driving->reading.group_first);

    trial->behind = (uint32_t)(point - driving->reading.group_first);
    if (first)
        first->left++;
}

static void count_repeat(struct rt_driving *driving, uint64_t point)
{
    struct rt_buf params = RT_BUF_INIT;

    rt_plan_params(driving->study->plan, point, &params);
    rt_repeats_add(&driving->repeats, rt_buf_span(&params));
    rt_buf_clear(&params);
}

static int take_proposals(struct rt_driving *driving, const struct rt_json *body, uint64_t seq,
                          struct rt_err *err)
{
    const struct rt_json *list = rt_json_get(body, "trials");
    struct rt_reading *reading = &driving->reading;

    if (rt_json_get_int(body, "point", -1) != (int64_t)driving->count ||
        driving->count + rt_json_count(list) > rt_plan_count(driving->study->plan))
        return rt_err_set(err, RT_EDAMAGED, "event %" PRIu64 " proposes other trials than the next",
                          seq);
    for (size_t i = 0; i < rt_json_count(list); i++) {
        const struct rt_json *item = rt_json_at(list, i);
        int64_t replicates = rt_json_get_int(item, "replicates", 1);
        uint64_t point = driving->count;
        struct rt_proposed *trial = rt_driving_add(driving, point);
        struct rt_turn *turn;

        driving->count++;
        trial->id = text_of(rt_json_get(item, "id"));
        trial->params = text_of(rt_json_get(item, "params"));
        trial->asked = seq;
        if (reading->group) {
            reading->group--;
        } else {
            turn = rt_script_add(&driving->script, RT_TURN_SUBMIT, seq, item_text(item), NULL);
            turn->first = reading->group_first = point;
            turn->count = replicates > 0 ? (uint64_t)replicates : 1;
            reading->group = turn->count - 1;
        }
        add_to_group(driving, trial, point);
        count_repeat(driving, point);
    }
    return 0;
}

static struct rt_proposed *trial_of(const struct rt_driving *driving, const struct rt_json *ordinal,
                                    uint64_t *point)
{
    *point = rt_study_index(driving->study, (uint64_t)rt_json_int(ordinal));
    return *point < driving->count ? rt_driving_trial(driving, *point) : NULL;
}

static void take_tell(struct rt_driving *driving, const struct rt_json *ordinals, uint64_t seq)
{
    struct rt_buf line = RT_BUF_INIT;
    size_t count = 0;

    rt_buf_add(&line, "{\"done\":[");
    for (size_t i = 0; i < rt_json_count(ordinals); i++) {
        uint64_t point;
        struct rt_proposed *trial = trial_of(driving, rt_json_at(ordinals, i), &point);

        if (!trial)
            continue;
        rt_buf_add(&line, count++ ? "," : "");
        if (driving->reading.current)
            rt_driving_put_done(driving, point, &line);
        trial->told = seq;
        trial->turn = ++driving->outcomes;
        rt_driving_weigh(driving, point);
        end_told(driving, point);
    }
    rt_buf_add(&line, "]}\n");
    if (count && driving->reading.current)
        rt_script_add(&driving->script, RT_TURN_TELL, seq, rt_buf_take(&line), NULL);
    rt_buf_clear(&line);
}

static void take_tells(struct rt_driving *driving, const struct rt_json *body, uint64_t seq)
{
    const struct rt_json *tells = rt_json_get(body, "tells");

    for (size_t i = 0; i < rt_json_count(tells) && !is_cut(driving, seq); i++)
        take_tell(driving, rt_json_at(tells, i), seq);
}

/* What was asked for, or claimed, after the state that it goes on from may be claimed again. */
static void keep_claims(struct rt_driving *driving)
{
    struct rt_script claims = {0};
    struct rt_script *from[] = {&driving->claims, &driving->script};

    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < from[k]->count; i++) {
            struct rt_turn *turn = &from[k]->turns[i];
            struct rt_turn *kept;

            if (turn->taken || (k == 1 && turn->seq <= driving->reading.save_seq))
                continue;
            for (uint64_t at = 0; at < turn->count && turn->first + at < driving->count; at++)
                rt_driving_trial(driving, turn->first + at)->orphan = true;
            kept = rt_script_add(&claims, RT_TURN_SUBMIT, turn->seq, rt_strdup(turn->text), NULL);
            kept->first = turn->first;
            kept->count = turn->count;
        }
    }
    rt_script_clear(&driving->claims);
    driving->claims = claims;
}

/* What the state that it goes on from had proposed, and had not been told of. */
static struct rt_json *open_then(const struct rt_driving *driving)
{
    struct rt_json *list = rt_json_new_array();

    for (size_t i = 0; i < driving->count; i++) {
        const struct rt_proposed *trial = rt_driving_trial(driving, i);

        if (trial && !trial->told && !trial->orphan)
            rt_json_append(list, rt_json_new_int((int64_t)i));
    }
    return list;
}

/* The driver begins anew, or from where it was when it saved its state. */
static void begin_trials(struct rt_driving *driving, bool tell)
{
    struct rt_reading *reading = &driving->reading;
    uint64_t count;

    for (size_t i = 0; i < driving->count; i++) {
        struct rt_proposed *trial = rt_driving_trial(driving, i);

        trial->earlier = trial->earlier || tell;
        trial->orphan = !tell && (trial->orphan || trial->asked > reading->save_seq);
        if (tell || trial->turn > reading->saved)
            trial->told = 0;
        trial->turn = 0;
        trial->left = 0;
    }
    for (uint64_t i = 0; (i = rt_driving_group(driving, i, &count)) < driving->count; i += count) {
        const struct rt_proposed *trial = rt_driving_trial(driving, i);

        if (!trial->earlier && !trial->orphan)
            rt_driving_count_left(driving, i, count);
    }
    for (size_t i = 0; i < driving->count && reading->current; i++)
        rt_driving_let_go(driving, i);
}

static void begin_conversation(struct rt_driving *driving, const struct rt_json *body,
                               const char *resume)
{
    struct rt_beginning *beginning = &driving->beginning;

    snprintf(beginning->resume, sizeof beginning->resume, "%s", resume);
    beginning->capacity = rt_json_get_int(body, "capacity", 1);
    if (rt_json_get(body, "open"))
        beginning->open = rt_json_copy(rt_json_get(body, "open"));
    else if (strcmp(resume, "state") == 0)
        beginning->open = open_then(driving);
}

/* A fresh start forgets the conversation; one from a saved state, what came after that. */
static void take_start(struct rt_driving *driving, const struct rt_json *body)
{
    struct rt_reading *reading = &driving->reading;
    uint64_t number = (uint64_t)rt_json_get_int(body, "conversation", 1);
    const char *resume = rt_json_get_text(body, "resume", "replay");
    bool tell = strcmp(resume, "tell") == 0;

    if (reading->conversation == number || reading->current)
        return;
    reading->conversation = number;
    reading->current = number == driving->beginning.number;
    if (tell)
        rt_script_clear(&driving->claims);
    else
        keep_claims(driving);
    begin_trials(driving, tell);
    driving->outcomes = reading->saved = 0;
    driving->reached = driving->reached && !tell; /* what it is told again counts again */
    driving->better_known = false;
    driving->no_better_for = 0;
    rt_script_clear(&driving->script);
    if (reading->current)
        begin_conversation(driving, body, resume);
}

static void take_claim(struct rt_driving *driving, const struct rt_turn *turn)
{
    for (uint64_t i = 0; i < turn->count && turn->first + i < driving->count; i++) {
        struct rt_proposed *trial = rt_driving_trial(driving, turn->first + i);

        if (trial)
            trial->orphan = false;
    }
    rt_driving_count_left(driving, turn->first, turn->count);
    for (size_t i = 0; i < driving->claims.count; i++) {
        if (driving->claims.turns[i].first == turn->first)
            driving->claims.turns[i].taken = true;
    }
}

/* What it asked for before that does not matter any more for one that goes on from there. */
static void take_save(struct rt_driving *driving, const struct rt_json *body, uint64_t seq)
{
    struct rt_reading *reading = &driving->reading;

    reading->save_seq = seq;
    reading->saved = (uint64_t)rt_json_get_int(body, "told", (int64_t)driving->outcomes);
    if (reading->current)
        return;
    while (driving->script.at < driving->script.count)
        rt_script_pass(&driving->script);
    rt_script_leave(&driving->script);
}

static void take_driver(struct rt_driving *driving, const struct rt_event *event,
                        const struct rt_json *body)
{
    struct rt_script *script = &driving->script;
    const char *what = rt_json_get_text(body, "what", "");
    bool claims = strcmp(what, "claim") == 0;
    bool cut = is_cut(driving, event->seq);
    const struct rt_turn *turn = NULL;

    if (strcmp(what, "start") == 0) {
        take_start(driving, body);
        return;
    }
    if ((driving->reading.current && !cut) || claims)
        turn = rt_script_add_event(script, event, body);
    if (claims)
        take_claim(driving, turn);
    if (claims && cut) {
        rt_script_drop_last(script);
    } else if (!cut && strcmp(what, "save") == 0) {
        take_save(driving, body, event->seq);
    } else if (!cut && strcmp(what, "refuse") == 0) {
        driving->outcomes++;
    }
}

static void take_cancel(struct rt_driving *driving, const struct rt_event *event,
                        const struct rt_json *body)
{
    const struct rt_json *list = rt_json_get(body, "trials");

    if (driving->reading.current && !is_cut(driving, event->seq))
        rt_script_add_event(&driving->script, event, body);
    for (size_t i = 0; i < rt_json_count(list); i++) {
        uint64_t point;

        if (trial_of(driving, rt_json_at(list, i), &point))
            rt_driving_note_skipped(driving, point, "cancelled by the driver", event->seq);
    }
}

static int take_attempt(struct rt_driving *driving, const struct rt_attempt *attempt, uint64_t seq,
                        struct rt_err *err)
{
    struct rt_reading *reading = &driving->reading;
    struct rt_store *store = driving->options.store;
    uint64_t point = rt_study_index(driving->study, attempt->ordinal);
    const struct rt_proposed *trial = rt_driving_trial(driving, point);
    int rc;

    if (point >= driving->count || !trial || (reading->current && trial->told))
        return 0;
    rt_buf_reset(&reading->metrics);
    rt_buf_reset(&reading->reason);
    if ((rc = rt_store_payload(store, &attempt->result, &reading->metrics, err)) < 0 ||
        (rc = rt_store_payload(store, &attempt->reason, &reading->reason, err)) < 0)
        return rc;
    rt_driving_note(driving, point, attempt, rt_buf_span(&reading->metrics),
                    rt_buf_span(&reading->reason), seq);
    return 0;
}

static int take_attempts(struct rt_driving *driving, const struct rt_event *event,
                         struct rt_err *err)
{
    struct rt_attempts_reader reader;
    struct rt_attempt attempt;
    int rc;

    if ((rc = rt_attempts_open(&reader, event->body, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&reader, &attempt, err)) > 0) {
        if (attempt.study == driving->study->number &&
            (rc = take_attempt(driving, &attempt, event->seq, err)) < 0)
            return rc;
    }
    return rc;
}

static int take_object(struct rt_driving *driving, const struct rt_event *event, struct rt_err *err)
{
    struct rt_json *body;
    int rc = rt_json_parse(event->body, &body, err);

    if (rc < 0)
        return rc;
    if (rt_json_get_int(body, "study", 0) == (int64_t)driving->study->number) {
        if (event->kind == RT_EVENT_PROPOSE)
            rc = take_proposals(driving, body, event->seq, err);
        else if (event->kind == RT_EVENT_TELL)
            take_tells(driving, body, event->seq);
        else if (event->kind == RT_EVENT_DRIVER)
            take_driver(driving, event, body);
        else
            take_cancel(driving, event, body);
    }
    rt_json_free(body);
    return rc;
}

int rt_driving_read_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct rt_driving *driving = context;
    bool was_current = driving->reading.current;
    int rc = 0;

    if (event->kind == RT_EVENT_ATTEMPTS)
        rc = take_attempts(driving, event, err);
    else if (event->kind == RT_EVENT_PROPOSE || event->kind == RT_EVENT_TELL ||
             event->kind == RT_EVENT_DRIVER || event->kind == RT_EVENT_CANCEL)
        rc = take_object(driving, event, err);
    driving->reading.next = event->seq + 1;
    if (rc < 0 || !driving->reading.current)
        return rc;
    return !was_current || driving->script.count - driving->script.at >= AHEAD ||
           driving->script.bytes >= BYTES;
}

/* 1: reading has paused; 0: the end is reached. */
static int read_on(struct rt_driving *driving, struct rt_err *err)
{
    int rc = rt_store_read(driving->options.store, driving->reading.next, rt_driving_read_event,
                           driving, err);

    driving->reading.level = rc == 0;
    return rc < 0 ? rt_err_while(err, "reading what the driver was told") : rc;
}

int rt_driving_read_start(struct rt_driving *driving, struct rt_err *err)
{
    rt_driving_read_clear(driving);
    driving->reading.next = driving->survey.plan_seq + 1;
    if (driving->beginning.number) {
        int rc = read_on(driving, err);

        return rc < 0 ? rc : 0;
    }
    driving->reading.current = true; /* it never ran */
    return 0;
}

int rt_driving_read_ahead(struct rt_driving *driving, struct rt_err *err)
{
    struct rt_script *script = &driving->script;
    int rc;

    if (driving->reading.level || script->count - script->at >= AHEAD_MIN ||
        script->bytes >= BYTES_MIN)
        return 0;
    rt_script_leave(script);
    rc = read_on(driving, err);
    return rc < 0 ? rc : 0;
}

/* Of trials without an outcome, and of those that were not told. */
static void look_at_open(struct rt_driving *driving)
{
    const struct rt_attempt lost = {.outcome = RT_OUTCOME_LOST};
    struct rt_buf params = RT_BUF_INIT;

    driving->open = driving->open_bytes = 0;
    for (size_t i = driving->gone; i < driving->count; i++) {
        struct rt_proposed *trial = rt_driving_trial(driving, i);
        uint64_t ordinal = rt_study_ordinal(driving->study, i);

        if (!trial || trial->told)
            continue;
        if (rt_state_trial(driving->study, ordinal).status == RT_TRIAL_DONE) {
            if (!trial->result) /* no attempt says so: two launches died with it */
                rt_driving_note(driving, i, &lost, rt_span(NULL, 0),
                                rt_span_text("its launches died with it: it is set aside"), 0);
            continue;
        }
        rt_buf_reset(&params);
        rt_plan_params(driving->study->plan, i, &params);
        driving->open++;
        driving->open_bytes += params.size;
        free(trial->result); /* a failure that is to be followed by another attempt */
        trial->result = NULL;
    }
    rt_buf_clear(&params);
}

int rt_driving_read_up(struct rt_driving *driving, struct rt_err *err)
{
    uint64_t count;

    if (driving->count != rt_plan_count(driving->study->plan))
        return rt_err_set(err, RT_EINTERNAL, "the journal has %zu proposals, the state %" PRIu64,
                          driving->count, rt_plan_count(driving->study->plan));
    look_at_open(driving);
    for (uint64_t i = 0; (i = rt_driving_group(driving, i, &count)) < driving->count; i += count) {
        const struct rt_proposed *trial = rt_driving_trial(driving, i);

        if (trial->left && !trial->earlier && !trial->orphan)
            rt_driving_open_id(driving, i, count);
    }
    return 0;
}

int rt_driving_read_end(struct rt_driving *driving, struct rt_err *err)
{
    int rc;

    if ((rc = driving->options.commit(driving->options.context, err)) < 0)
        return rc;
    driving->durable = rt_store_durable(driving->options.store);
    do {
        rc = read_on(driving, err);
    } while (rc > 0);
    return rc < 0 ? rc : rt_driving_read_up(driving, err);
}

void rt_driving_read_clear(struct rt_driving *driving)
{
    struct rt_reading *reading = &driving->reading;

    rt_buf_clear(&reading->metrics);
    rt_buf_clear(&reading->reason);
    *reading = (struct rt_reading){0};
    rt_script_clear(&driving->script);
    rt_script_clear(&driving->claims);
    rt_repeats_clear(&driving->repeats);
    driving->better_known = driving->reached = false;
    driving->no_better_for = driving->outcomes = 0;
}
