/* The conversation so far: what the driver asked and was told, from the journal. */
#include "engine/driving_own.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct loading {
    struct rt_driving *driving;
    struct rt_buf metrics;
    struct rt_buf reason;
    uint64_t group;    /* trials that still belong to the last item */
    uint64_t save_seq; /* of the last SAVE; 0: none */
    uint64_t saved;    /* outcomes that are part of it */
    uint64_t began_us; /* the launch whose events come now, by the wall clock; 0: none */
    uint64_t last_us;
};

void rt_script_clear(struct rt_script *script)
{
    for (size_t i = 0; i < script->count; i++) {
        free(script->turns[i].text);
        free(script->turns[i].reply);
    }
    free(script->turns);
    *script = (struct rt_script){NULL, 0, 0, 0};
}

struct rt_turn *rt_script_add(struct rt_script *script, enum rt_turn_kind kind, uint64_t seq)
{
    script->turns =
        rt_grow(script->turns, &script->capacity, script->count + 1, sizeof *script->turns);
    script->turns[script->count] = (struct rt_turn){.kind = kind, .seq = seq};
    return &script->turns[script->count++];
}

static void cut_script(struct rt_script *script, size_t count)
{
    while (script->count > count) {
        script->count--;
        free(script->turns[script->count].text);
        free(script->turns[script->count].reply);
    }
}

/* {"name": value} in the form of equal bytes. */
static char *message(const char *name, const struct rt_json *value, const char *other,
                     const struct rt_json *beside)
{
    struct rt_json *object = rt_json_new_object();
    char *text;

    rt_json_set(object, name, value ? rt_json_copy(value) : rt_json_new_null());
    if (other)
        rt_json_set(object, other, beside ? rt_json_copy(beside) : rt_json_new_null());
    text = rt_json_text(object);
    rt_json_free(object);
    return text;
}

static char *item_text(const struct rt_json *item)
{
    struct rt_buf text = RT_BUF_INIT;

    rt_driver_put_item(&text, item);
    return rt_buf_take(&text);
}

/* The plan stays what it was for the driver, or it begins anew. What ended it may not hold now. */
static void take_plan(struct loading *loading, const struct rt_json *body)
{
    struct rt_driving *driving = loading->driving;
    struct rt_script *script = &driving->script;
    size_t end = 0;

    if (rt_json_get_int(body, "keeps", 0) > 0) {
        while (end < script->count && script->turns[end].kind != RT_TURN_STOP &&
               script->turns[end].kind != RT_TURN_REFUSE &&
               script->turns[end].kind != RT_TURN_FINISH && script->turns[end].kind != RT_TURN_EXIT)
            end++;
        for (size_t i = 0; end < script->count && i < driving->count; i++) {
            if (driving->trials[i].told > script->turns[end].seq) {
                driving->trials[i].told = driving->trials[i].turn = 0;
                driving->outcomes--;
            }
        }
        cut_script(script, end);
        return;
    }
    rt_driving_drop_all(driving);
    rt_script_clear(script);
    rt_script_clear(&driving->claims);
    rt_beginning_clear(&driving->beginning);
    loading->save_seq = loading->saved = driving->outcomes = 0;
    driving->spent_us = loading->began_us = 0;
    driving->reached = false;
}

/* How long launches drove the study: from each start until what was recorded last of it. Clocks may
 * jump back. */
static void take_time(struct loading *loading, const struct rt_event *event, bool starts)
{
    if (starts && loading->began_us) {
        loading->driving->spent_us += loading->last_us - loading->began_us;
        loading->began_us = 0;
    }
    if (starts)
        loading->began_us = loading->last_us = event->time_us;
    else if (event->time_us > loading->last_us)
        loading->last_us = event->time_us;
}

static void take_proposals(struct loading *loading, const struct rt_json *body, uint64_t seq)
{
    struct rt_driving *driving = loading->driving;
    const struct rt_json *list = rt_json_get(body, "trials");
    uint64_t point = (uint64_t)rt_json_get_int(body, "point", 0);

    for (size_t i = 0; i < rt_json_count(list); i++, point++) {
        const struct rt_json *item = rt_json_at(list, i);
        struct rt_proposed *trial = rt_driving_add(driving, point);
        struct rt_turn *turn;

        trial->id = rt_json_text(rt_json_get(item, "id"));
        trial->params = rt_json_text(rt_json_get(item, "params"));
        trial->asked = seq;
        trial->priority = (int32_t)rt_json_get_int(item, "priority", 0);
        if (loading->group) {
            loading->group--;
            continue;
        }
        turn = rt_script_add(&driving->script, RT_TURN_SUBMIT, seq);
        turn->text = item_text(item);
        turn->first = point;
        turn->count = (uint64_t)rt_json_get_int(item, "replicates", 1);
        loading->group = turn->count - 1;
    }
}

static uint64_t point_of(const struct rt_driving *driving, const struct rt_json *ordinal)
{
    return rt_study_index(driving->study, (uint64_t)rt_json_int(ordinal));
}

static void take_tell(struct rt_driving *driving, const struct rt_json *ordinals, uint64_t seq)
{
    struct rt_buf line = RT_BUF_INIT;
    size_t count = 0;

    rt_buf_add(&line, "{\"done\":[");
    for (size_t i = 0; i < rt_json_count(ordinals); i++) {
        uint64_t point = point_of(driving, rt_json_at(ordinals, i));

        if (point >= driving->count)
            continue;
        rt_buf_add(&line, count++ ? "," : "");
        rt_driving_put_done(driving, point, &line);
        driving->trials[point].told = seq;
        driving->trials[point].turn = ++driving->outcomes;
        rt_driving_weigh(driving, point);
    }
    rt_buf_add(&line, "]}\n");
    if (count)
        rt_script_add(&driving->script, RT_TURN_TELL, seq)->text = rt_buf_take(&line);
    rt_buf_clear(&line);
}

static void take_tells(struct rt_driving *driving, const struct rt_json *body, uint64_t seq)
{
    const struct rt_json *tells = rt_json_get(body, "tells");

    for (size_t i = 0; i < rt_json_count(tells); i++)
        take_tell(driving, rt_json_at(tells, i), seq);
}

/* What was asked for, or claimed, after the state that it goes on from may be claimed again. */
static void keep_claims(struct loading *loading)
{
    struct rt_driving *driving = loading->driving;
    struct rt_script claims = {NULL, 0, 0, 0};
    struct rt_script *from[] = {&driving->claims, &driving->script};

    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < from[k]->count; i++) {
            struct rt_turn *turn = &from[k]->turns[i];
            struct rt_turn *kept;

            if ((turn->kind != RT_TURN_SUBMIT && turn->kind != RT_TURN_CLAIM) || turn->taken ||
                (k == 1 && turn->seq <= loading->save_seq))
                continue;
            for (uint64_t at = 0; at < turn->count && turn->first + at < driving->count; at++)
                driving->trials[turn->first + at].orphan = true;
            kept = rt_script_add(&claims, RT_TURN_SUBMIT, turn->seq);
            kept->text = rt_strdup(turn->text);
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
        if (!driving->trials[i].told && !driving->trials[i].orphan)
            rt_json_append(list, rt_json_new_int((int64_t)i));
    }
    return list;
}

/* A fresh start forgets the conversation; one from a saved state, what came after that. */
static void take_start(struct loading *loading, const struct rt_json *body)
{
    struct rt_driving *driving = loading->driving;
    struct rt_beginning *beginning = &driving->beginning;
    uint64_t number = (uint64_t)rt_json_get_int(body, "conversation", 1);
    const char *resume = rt_json_get_text(body, "resume", "replay");
    bool tell = strcmp(resume, "tell") == 0;

    free(beginning->program);
    beginning->program = NULL;
    if (rt_json_get_text(body, "program", NULL))
        beginning->program = rt_strdup(rt_json_get_text(body, "program", ""));
    if (beginning->number == number)
        return;
    if (tell)
        rt_script_clear(&driving->claims);
    else
        keep_claims(loading);
    for (size_t i = 0; i < driving->count; i++) {
        struct rt_proposed *trial = &driving->trials[i];

        trial->earlier = trial->earlier || tell;
        trial->orphan = !tell && (trial->orphan || trial->asked > loading->save_seq);
        if (tell || trial->turn > loading->saved)
            trial->told = 0;
        trial->turn = 0;
    }
    driving->outcomes = loading->saved = 0;
    driving->reached = driving->reached && !tell; /* what it is told again counts again */
    driving->better_known = false;
    driving->no_better_for = 0;
    rt_script_clear(&driving->script);
    beginning->number = number;
    snprintf(beginning->resume, sizeof beginning->resume, "%s", resume);
    beginning->capacity = rt_json_get_int(body, "capacity", 1);
    free(beginning->state);
    beginning->state = rt_json_get_text(body, "state", NULL)
                           ? rt_strdup(rt_json_get_text(body, "state", NULL))
                           : NULL;
    rt_json_free(beginning->open);
    beginning->open = NULL;
    if (rt_json_get(body, "open"))
        beginning->open = rt_json_copy(rt_json_get(body, "open"));
    else if (strcmp(resume, "state") == 0)
        beginning->open = open_then(driving);
}

static void take_answer(struct rt_driving *driving, const struct rt_json *body, uint64_t seq)
{
    struct rt_turn *turn = rt_script_add(&driving->script, RT_TURN_ANSWER, seq);
    char *value = rt_json_text(rt_json_get(body, "value"));

    turn->text = message("ask", rt_json_get(body, "ask"), "n", rt_json_get(body, "n"));
    turn->reply = rt_printf("{\"answer\":{\"to\":%" PRId64 ",\"value\":%s}}\n",
                            rt_json_get_int(body, "n", 0), value);
    free(value);
}

static void take_claim(struct rt_driving *driving, const struct rt_json *body, uint64_t seq)
{
    struct rt_turn *turn = rt_script_add(&driving->script, RT_TURN_CLAIM, seq);

    turn->text = rt_json_text(rt_json_get(body, "item"));
    turn->first = (uint64_t)rt_json_get_int(body, "point", 0);
    turn->count = (uint64_t)rt_json_get_int(body, "count", 1);
    for (uint64_t i = 0; i < turn->count && turn->first + i < driving->count; i++)
        driving->trials[turn->first + i].orphan = false;
    for (size_t i = 0; i < driving->claims.count; i++) {
        if (driving->claims.turns[i].first == turn->first)
            driving->claims.turns[i].taken = true;
    }
}

static void take_refusal(struct rt_driving *driving, const struct rt_json *body, uint64_t seq)
{
    struct rt_turn *turn = rt_script_add(&driving->script, RT_TURN_REFUSE, seq);

    turn->text = rt_json_text(rt_json_get(body, "item"));
    turn->reply = rt_strdup(rt_json_get_text(body, "line", ""));
    driving->outcomes++;
}

static void take_save(struct loading *loading, const struct rt_json *body, uint64_t seq)
{
    struct rt_driving *driving = loading->driving;
    bool said = rt_json_bool(rt_json_get(body, "said"));

    rt_script_add(&driving->script, RT_TURN_SAVE, seq)->text = message(
        "save", rt_json_get(body, "state"), said ? "told" : NULL, rt_json_get(body, "told"));
    loading->save_seq = seq;
    loading->saved = (uint64_t)rt_json_get_int(body, "told", (int64_t)driving->outcomes);
}

/* They hold for attempts that are still to come. */
static void take_orders(struct rt_driving *driving, const struct rt_json *body, uint64_t seq)
{
    const struct rt_json *orders = rt_json_get(body, "orders");

    rt_script_add(&driving->script, RT_TURN_ORDER, seq)->text =
        message("tell", rt_json_get(body, "tell"), NULL, NULL);
    for (size_t i = 0; i < rt_json_count(orders); i++) {
        const struct rt_json *order = rt_json_at(orders, i);
        uint64_t point = point_of(driving, rt_json_get(order, "ordinal"));

        if (point < driving->count)
            rt_driving_note_order(driving, point, order);
    }
}

static void take_priority(struct rt_driving *driving, const struct rt_json *body, uint64_t seq)
{
    const struct rt_json *list = rt_json_get(body, "trials");

    rt_script_add(&driving->script, RT_TURN_PRIORITY, seq)->text =
        message("priority", rt_json_get(body, "priority"), "ids", rt_json_get(body, "ids"));
    for (size_t i = 0; i < rt_json_count(list); i++) {
        uint64_t point = point_of(driving, rt_json_at(list, i));

        if (point < driving->count)
            driving->trials[point].priority = (int32_t)rt_json_get_int(body, "priority", 0);
    }
}

static void take_driver(struct loading *loading, const struct rt_json *body, uint64_t seq)
{
    struct rt_script *script = &loading->driving->script;
    const char *what = rt_json_get_text(body, "what", "");
    struct rt_turn *turn;

    if (strcmp(what, "start") == 0) {
        take_start(loading, body);
    } else if (strcmp(what, "answer") == 0) {
        take_answer(loading->driving, body, seq);
    } else if (strcmp(what, "claim") == 0) {
        take_claim(loading->driving, body, seq);
    } else if (strcmp(what, "refuse") == 0) {
        take_refusal(loading->driving, body, seq);
    } else if (strcmp(what, "save") == 0) {
        take_save(loading, body, seq);
    } else if (strcmp(what, "priority") == 0) {
        take_priority(loading->driving, body, seq);
    } else if (strcmp(what, "batch") == 0) {
        rt_script_add(script, RT_TURN_BATCH, seq)->text =
            message("batch", rt_json_get(body, "batch"), NULL, NULL);
    } else if (strcmp(what, "reports") == 0) {
        rt_script_add(script, RT_TURN_REPORTS, seq)->text =
            message("reports", rt_json_get(body, "reports"), NULL, NULL);
    } else if (strcmp(what, "order") == 0) {
        take_orders(loading->driving, body, seq);
    } else if (strcmp(what, "report") == 0) {
        rt_script_add(script, RT_TURN_REPORT, seq)->text =
            rt_strdup(rt_json_get_text(body, "line", ""));
    } else if (strcmp(what, "finish") == 0) {
        bool exits = rt_json_bool(rt_json_get(body, "exit"));

        turn = rt_script_add(script, exits ? RT_TURN_EXIT : RT_TURN_FINISH, seq);
        turn->text = message("finish", rt_json_get(body, "value"), NULL, NULL);
    } else if (strcmp(what, "stop") == 0) {
        rt_script_add(script, RT_TURN_STOP, seq)->text =
            rt_printf("{\"stop\":\"%s\"}\n", rt_json_get_text(body, "reason", ""));
    }
}

static void take_cancel(struct rt_driving *driving, const struct rt_json *body, uint64_t seq)
{
    const struct rt_json *list = rt_json_get(body, "trials");

    rt_script_add(&driving->script, RT_TURN_CANCEL, seq)->text =
        message("cancel", rt_json_get(body, "ids"), NULL, NULL);
    for (size_t i = 0; i < rt_json_count(list); i++) {
        uint64_t point = point_of(driving, rt_json_at(list, i));

        if (point < driving->count)
            rt_driving_note_skipped(driving, point, "cancelled by the driver", seq);
    }
}

static int take_attempts(struct loading *loading, const struct rt_event *event, struct rt_err *err)
{
    struct rt_driving *driving = loading->driving;
    struct rt_attempts_reader reader;
    struct rt_attempt attempt;
    int rc;

    if ((rc = rt_attempts_open(&reader, event->body, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&reader, &attempt, err)) > 0) {
        uint64_t point;

        if (attempt.study != driving->study->number ||
            (point = rt_study_index(driving->study, attempt.ordinal)) >= driving->count)
            continue;
        take_time(loading, event, false);
        rt_buf_reset(&loading->metrics);
        rt_buf_reset(&loading->reason);
        if ((rc = rt_store_payload(driving->options.store, &attempt.result, &loading->metrics,
                                   err)) < 0 ||
            (rc = rt_store_payload(driving->options.store, &attempt.reason, &loading->reason,
                                   err)) < 0)
            return rc;
        rt_driving_note(driving, point, &attempt, rt_buf_span(&loading->metrics),
                        rt_buf_span(&loading->reason), event->seq);
    }
    return rc;
}

static int take(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct loading *loading = context;
    struct rt_json *body;
    int rc;

    if (event->kind == RT_EVENT_ATTEMPTS)
        return take_attempts(loading, event, err);
    if (event->kind != RT_EVENT_PLAN && event->kind != RT_EVENT_PROPOSE &&
        event->kind != RT_EVENT_TELL && event->kind != RT_EVENT_DRIVER &&
        event->kind != RT_EVENT_CANCEL)
        return 0;
    if ((rc = rt_json_parse(event->body, &body, err)) < 0)
        return rc;
    if (rt_json_get_int(body, "study", 0) == (int64_t)loading->driving->study->number) {
        if (event->kind == RT_EVENT_PLAN)
            take_plan(loading, body);
        take_time(loading, event,
                  event->kind == RT_EVENT_DRIVER &&
                      strcmp(rt_json_get_text(body, "what", ""), "start") == 0);
        if (event->kind == RT_EVENT_PROPOSE)
            take_proposals(loading, body, event->seq);
        else if (event->kind == RT_EVENT_TELL)
            take_tells(loading->driving, body, event->seq);
        else if (event->kind == RT_EVENT_DRIVER)
            take_driver(loading, body, event->seq);
        else if (event->kind == RT_EVENT_CANCEL)
            take_cancel(loading->driving, body, event->seq);
    }
    rt_json_free(body);
    return 0;
}

/* Trials without an outcome yet, and how often each set of params was proposed. */
static void count_trials(struct rt_driving *driving)
{
    const struct rt_attempt lost = {.outcome = RT_OUTCOME_LOST};
    struct rt_buf params = RT_BUF_INIT;

    driving->open = driving->open_bytes = 0;
    for (size_t i = 0; i < driving->count; i++) {
        uint64_t ordinal = rt_study_ordinal(driving->study, i);
        struct rt_proposed *trial = &driving->trials[i];

        rt_buf_reset(&params);
        rt_plan_params(driving->study->plan, i, &params);
        rt_repeats_add(&driving->repeats, rt_buf_span(&params));
        if (rt_state_trial(driving->study, ordinal).status == RT_TRIAL_DONE) {
            if (!trial->result) /* no attempt says so: two launches died with it */
                rt_driving_note(driving, i, &lost, rt_span(NULL, 0),
                                rt_span_text("its launches died with it: it is set aside"), 0);
            continue;
        }
        driving->open++;
        driving->open_bytes += params.size;
        free(trial->result); /* a failure that is to be followed by another attempt */
        trial->result = NULL;
    }
    rt_buf_clear(&params);
}

int rt_driving_load(struct rt_driving *driving, struct rt_err *err)
{
    struct loading loading = {.driving = driving};
    int rc;

    rt_driving_drop_all(driving);
    rt_script_clear(&driving->script);
    rt_script_clear(&driving->claims);
    rt_beginning_clear(&driving->beginning);
    rt_repeats_clear(&driving->repeats);
    driving->better_known = false;
    driving->no_better_for = driving->outcomes = 0;
    driving->spent_us = 0;
    driving->reached = false;
    rc = rt_store_read(driving->options.store, 1, take, &loading, err);
    driving->spent_us += loading.began_us ? loading.last_us - loading.began_us : 0;
    driving->spent_at_us = rt_mono_us();
    rt_buf_clear(&loading.metrics);
    rt_buf_clear(&loading.reason);
    if (rc < 0)
        return rt_err_while(err, "reading what the driver was told");
    if (driving->count != rt_plan_count(driving->study->plan))
        return rt_err_set(err, RT_EINTERNAL, "the journal has %zu proposals, the state %" PRIu64,
                          driving->count, rt_plan_count(driving->study->plan));
    count_trials(driving);
    return 0;
}
