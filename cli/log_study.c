#include "cli/log_study.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/ask.h"
#include "cli/output.h"
#include "store/moves.h"

/* The outcome of a trial, as far as the journal has been read. */
struct ended {
    enum rt_outcome outcome;
    bool has_value; /* of the objective */
    double value;
    char *id; /* the driver's own, JSON */
};

struct conversation {
    struct rt_store *store;
    const struct rt_study *study;
    const char *metric;   /* of the objective, or NULL */
    struct ended *trials; /* by ordinal - 1 */
    size_t capacity;
    uint64_t ordinals;          /* given so far */
    struct rt_listing *listing; /* NULL: JSON is wanted */
    uint64_t rows;
    struct rt_buf bytes;
};

/* A row. */
struct turn {
    const struct rt_event *event;
    const char *by;
    const char *what;
    int64_t launch;   /* 0: not said */
    uint64_t ordinal; /* 0: of no trial */
    const char *id;   /* JSON, or NULL */
    struct rt_json *detail;
};

static struct ended *trial_of(struct conversation *conversation, uint64_t ordinal)
{
    size_t before = conversation->capacity;

    if (ordinal < 1 || ordinal > conversation->ordinals)
        return NULL;
    conversation->trials = rt_grow(conversation->trials, &conversation->capacity, (size_t)ordinal,
                                   sizeof *conversation->trials);
    memset(conversation->trials + before, 0,
           (conversation->capacity - before) * sizeof *conversation->trials);
    return &conversation->trials[ordinal - 1];
}

static void put_json(struct conversation *conversation, const struct turn *turn, const char *time,
                     const char *trial)
{
    struct rt_json *row = rt_json_new_object();
    struct rt_json *id = NULL;
    char *text;

    rt_json_set_int(row, "event", (int64_t)turn->event->seq);
    rt_json_set_text(row, "time", time);
    rt_json_set(row, "launch", turn->launch ? rt_json_new_int(turn->launch) : rt_json_new_null());
    rt_json_set_text(row, "by", turn->by);
    rt_json_set_text(row, "what", turn->what);
    rt_json_set_text(row, "trial", trial);
    if (turn->id && rt_json_parse(rt_span_text(turn->id), &id, NULL) == 0)
        rt_json_set(row, "id", id);
    else
        rt_json_set(row, "id", rt_json_new_null());
    rt_json_set(row, "detail", rt_json_keep(turn->detail));
    text = rt_json_text(row);
    printf("%s%s", conversation->rows ? ",\n " : "[", text);
    free(text);
    rt_json_free(row);
}

static int put_row(struct conversation *conversation, const struct turn *turn, const char *time,
                   const char *trial, struct rt_err *err)
{
    char *detail = rt_json_text(turn->detail);
    struct rt_cell cells[] = {
        rt_cell_int((int64_t)turn->event->seq),
        rt_cell_text(time),
        turn->launch ? rt_cell_int(turn->launch) : rt_cell_text(NULL),
        rt_cell_text(turn->by),
        rt_cell_text(turn->what),
        rt_cell_text(trial),
        rt_cell_text(turn->id),
        rt_cell_text(detail),
    };
    int rc = rt_listing_row(conversation->listing, cells, err);

    free(detail);
    return rc;
}

/* Takes the detail. */
static int put(struct conversation *conversation, const struct turn *turn, struct rt_err *err)
{
    char time[RT_TIME_TEXT];
    char *trial =
        turn->ordinal ? rt_printf("%s.%" PRIu64, conversation->study->id, turn->ordinal) : NULL;
    int rc = 0;

    rt_time_text(turn->event->time_us, time);
    if (conversation->listing)
        rc = put_row(conversation, turn, time, trial, err);
    else
        put_json(conversation, turn, time, trial);
    conversation->rows++;
    free(trial);
    rt_json_free(turn->detail);
    return rc;
}

static struct rt_json *member(const char *name, const struct rt_json *value)
{
    struct rt_json *object = rt_json_new_object();

    rt_json_set(object, name, value ? rt_json_copy(value) : rt_json_new_null());
    return object;
}

/* Ordinals that a plan gives are below those of what is proposed to it later. */
static void take_plan(struct conversation *conversation, const struct rt_json *body)
{
    const struct rt_json *segments = rt_json_get(body, "segments");

    for (size_t i = 0; i < rt_json_count(segments); i++) {
        const struct rt_json *segment = rt_json_at(segments, i);
        uint64_t last = (uint64_t)rt_json_int(rt_json_at(segment, 1)) +
                        (uint64_t)rt_json_int(rt_json_at(segment, 2)) - 1;

        if (last > conversation->ordinals)
            conversation->ordinals = last;
    }
}

static int take_proposals(struct conversation *conversation, struct turn *turn,
                          const struct rt_json *body, struct rt_err *err)
{
    const struct rt_json *list = rt_json_get(body, "trials");
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < rt_json_count(list); i++) {
        struct ended *trial;

        turn->ordinal = ++conversation->ordinals;
        trial = trial_of(conversation, turn->ordinal);
        trial->id = rt_json_text(rt_json_get(rt_json_at(list, i), "id"));
        turn->id = trial->id;
        turn->what = "submit";
        turn->detail = rt_json_copy(rt_json_at(list, i));
        rt_json_remove(turn->detail, "id");
        rc = put(conversation, turn, err);
    }
    return rc;
}

static int put_done(struct conversation *conversation, struct turn *turn, uint64_t ordinal,
                    struct rt_err *err)
{
    const struct ended *trial = trial_of(conversation, ordinal);

    turn->by = "retrial";
    turn->what = "done";
    turn->ordinal = ordinal;
    turn->id = trial ? trial->id : NULL;
    turn->detail = rt_json_new_object();
    rt_json_set_text(turn->detail, "outcome", rt_outcome_name(trial ? trial->outcome : 0));
    if (trial && trial->has_value)
        rt_json_set(turn->detail, conversation->metric, rt_json_new_real(trial->value));
    return put(conversation, turn, err);
}

static int take_tells(struct conversation *conversation, struct turn *turn,
                      const struct rt_json *body, struct rt_err *err)
{
    const struct rt_json *tells = rt_json_get(body, "tells");
    int rc = 0;

    for (size_t i = 0; i < rt_json_count(tells); i++) {
        const struct rt_json *list = rt_json_at(tells, i);

        for (size_t k = 0; rc == 0 && k < rt_json_count(list); k++)
            rc = put_done(conversation, turn, (uint64_t)rt_json_int(rt_json_at(list, k)), err);
    }
    return rc;
}

static int take_cancels(struct conversation *conversation, struct turn *turn,
                        const struct rt_json *body, struct rt_err *err)
{
    const struct rt_json *list = rt_json_get(body, "trials");

    for (size_t i = 0; i < rt_json_count(list); i++) {
        struct ended *trial = trial_of(conversation, (uint64_t)rt_json_int(rt_json_at(list, i)));

        if (trial)
            trial->outcome = RT_OUTCOME_SKIPPED;
    }
    turn->what = "cancel";
    turn->detail = member("ids", rt_json_get(body, "ids"));
    rt_json_set(turn->detail, "trials", rt_json_copy(list));
    return put(conversation, turn, err);
}

/* What a driver says to running trials; those that it said to others are passed over. */
static int take_orders(struct conversation *conversation, struct turn *turn,
                       const struct rt_json *body, struct rt_err *err)
{
    const struct rt_json *orders = rt_json_get(body, "orders");
    int rc = 0;

    turn->what = "tell";
    for (size_t i = 0; rc == 0 && i < rt_json_count(orders); i++) {
        const struct rt_json *order = rt_json_at(orders, i);
        const struct ended *trial;

        turn->ordinal = (uint64_t)rt_json_get_int(order, "ordinal", 0);
        trial = trial_of(conversation, turn->ordinal);
        turn->id = trial ? trial->id : NULL;
        turn->detail = rt_json_copy(order);
        rt_json_remove(turn->detail, "ordinal");
        rc = put(conversation, turn, err);
    }
    if (rt_json_count(orders))
        return rc;
    turn->detail = member("passed_over", rt_json_get(body, "tell"));
    return put(conversation, turn, err);
}

/* The line of the message has reports of several trials. */
static int take_reports(struct conversation *conversation, struct turn *turn,
                        const struct rt_json *body, struct rt_err *err)
{
    struct rt_json *message = NULL;
    const struct rt_json *list;
    int rc = rt_json_parse(rt_span_text(rt_json_get_text(body, "line", "")), &message, err);

    list = rt_json_get(message, "report");
    turn->by = "retrial";
    for (size_t i = 0; rc == 0 && i < rt_json_count(list); i++) {
        const struct rt_json *report = rt_json_at(list, i);
        const char *dot = strrchr(rt_json_get_text(report, "trial", ""), '.');
        char *id = rt_json_text(rt_json_get(report, "id"));

        turn->ordinal = dot ? strtoull(dot + 1, NULL, 10) : 0;
        turn->id = id;
        turn->detail = rt_json_copy(report);
        rt_json_remove(turn->detail, "id");
        rt_json_remove(turn->detail, "trial");
        rc = put(conversation, turn, err);
        free(id);
    }
    rt_json_free(message);
    return rc;
}

/* A state may be long, and means something to the driver alone. */
static void shorten_state(struct rt_json *detail)
{
    const char *state = rt_json_get_text(detail, "state", NULL);

    if (state)
        rt_json_set_int(detail, "state_bytes", (int64_t)strlen(state));
    rt_json_remove(detail, "state");
}

static bool is_answer(const char *what)
{
    return strcmp(what, "start") == 0 || strcmp(what, "stop") == 0 || strcmp(what, "refuse") == 0 ||
           strcmp(what, "diverge") == 0 || strcmp(what, "fail") == 0;
}

static int take_driver(struct conversation *conversation, struct turn *turn,
                       const struct rt_json *body, struct rt_err *err)
{
    const char *what = rt_json_get_text(body, "what", "");

    turn->what = strcmp(what, "answer") == 0 ? "ask" : what;
    if (strcmp(what, "order") == 0)
        return take_orders(conversation, turn, body, err);
    if (strcmp(what, "report") == 0)
        return take_reports(conversation, turn, body, err);
    if (is_answer(what))
        turn->by = "retrial";
    turn->detail = rt_json_copy(body);
    rt_json_remove(turn->detail, "study");
    rt_json_remove(turn->detail, "launch");
    rt_json_remove(turn->detail, "what");
    rt_json_remove(turn->detail, "said");
    shorten_state(turn->detail);
    return put(conversation, turn, err);
}

/* What a driver has said stands there already. */
static int take_decisions(struct conversation *conversation, struct turn *turn,
                          const struct rt_json *body, struct rt_err *err)
{
    const struct rt_json *list = rt_json_get(body, "decisions");
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < rt_json_count(list); i++) {
        const struct rt_json *decision = rt_json_at(list, i);
        const struct ended *trial;

        turn->by = rt_json_get_text(decision, "by", "");
        if (strcmp(turn->by, "driver") == 0)
            continue;
        turn->what = "decision";
        turn->ordinal = (uint64_t)rt_json_get_int(decision, "ordinal", 0);
        trial = trial_of(conversation, turn->ordinal);
        turn->id = trial ? trial->id : NULL;
        turn->detail = rt_json_copy(decision);
        rt_json_remove(turn->detail, "by");
        rt_json_remove(turn->detail, "ordinal");
        rc = put(conversation, turn, err);
    }
    return rc;
}

static int note_value(struct conversation *conversation, struct ended *trial,
                      const struct rt_attempt *attempt, struct rt_err *err)
{
    struct rt_json *metrics = NULL;
    const struct rt_json *value;
    int rc;

    trial->has_value = false;
    if (!conversation->metric || attempt->result.size == 0)
        return 0;
    rt_buf_reset(&conversation->bytes);
    if ((rc = rt_store_payload(conversation->store, &attempt->result, &conversation->bytes, err)) <
            0 ||
        (rc = rt_json_parse(rt_buf_span(&conversation->bytes), &metrics, err)) < 0)
        return rc;
    value = rt_json_get(metrics, conversation->metric);
    trial->has_value =
        value && (rt_json_kind(value) == RT_JSON_REAL || rt_json_kind(value) == RT_JSON_INT);
    trial->value = rt_json_number(value);
    rt_json_free(metrics);
    return 0;
}

/* The first success stands, as it does for the driver. */
static int take_attempts(struct conversation *conversation, struct rt_span body, struct rt_err *err)
{
    struct rt_attempts_reader reader;
    struct rt_attempt attempt;
    int rc;

    if ((rc = rt_attempts_open(&reader, body, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&reader, &attempt, err)) > 0) {
        struct ended *trial = attempt.study == conversation->study->number
                                  ? trial_of(conversation, attempt.ordinal)
                                  : NULL;

        if (!trial || rt_outcome_success(trial->outcome) ||
            (trial->outcome && attempt.flags & RT_ATTEMPT_LATE &&
             !rt_outcome_success(attempt.outcome)))
            continue;
        trial->outcome = attempt.outcome;
        if ((rc = note_value(conversation, trial, &attempt, err)) < 0)
            return rc;
    }
    return rc;
}

static int take_body(struct conversation *conversation, const struct rt_event *event,
                     const struct rt_json *body, struct rt_err *err)
{
    struct turn turn = {
        .event = event, .by = "driver", .launch = rt_json_get_int(body, "launch", 0)};

    switch (event->kind) {
    case RT_EVENT_PLAN:
        take_plan(conversation, body);
        return 0;
    case RT_EVENT_PROPOSE:
        return take_proposals(conversation, &turn, body, err);
    case RT_EVENT_TELL:
        return take_tells(conversation, &turn, body, err);
    case RT_EVENT_CANCEL:
        return take_cancels(conversation, &turn, body, err);
    case RT_EVENT_DRIVER:
        return take_driver(conversation, &turn, body, err);
    case RT_EVENT_DECISIONS:
        return take_decisions(conversation, &turn, body, err);
    default:
        return 0;
    }
}

static int take(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct conversation *conversation = context;
    struct rt_json *body = NULL;
    int rc;

    if (event->kind == RT_EVENT_ATTEMPTS)
        return take_attempts(conversation, event->body, err);
    if (event->kind != RT_EVENT_PLAN && event->kind != RT_EVENT_DECISIONS &&
        (event->kind < RT_EVENT_PROPOSE || event->kind > RT_EVENT_CANCEL))
        return 0;
    if ((rc = rt_json_parse(event->body, &body, err)) < 0)
        return rc;
    if (rt_json_get_int(body, "study", 0) == (int64_t)conversation->study->number)
        rc = take_body(conversation, event, body, err);
    rt_json_free(body);
    return rc;
}

static int end(struct conversation *conversation, struct rt_err *err)
{
    if (conversation->rows == 0)
        return rt_err_set(
            err, RT_ENOTFOUND,
            "study \"%s\" has no driver, and no rule has stopped a trial: nothing was "
            "asked or told; retrial log %s.1 shows what a trial wrote",
            conversation->study->name, conversation->study->id);
    if (conversation->listing)
        return rt_listing_end(conversation->listing, err);
    printf("]\n");
    return 0;
}

int rt_log_study(struct rt_store *store, const struct rt_study *study, struct rt_err *err)
{
    static const char *const names[] = {"event", "time",  "launch", "by",
                                        "what",  "trial", "id",     "detail"};
    struct conversation conversation = {.store = store, .study = study};
    const struct rt_json *plan = study->plan ? rt_plan_json(study->plan) : NULL;
    int rc;

    conversation.metric = rt_json_get_text(rt_json_get(plan, "objective"), "metric", NULL);
    if (rt_output_format() != RT_FORMAT_JSON)
        conversation.listing = rt_ask_listing(names, sizeof names / sizeof names[0]);
    if ((rc = rt_store_read(store, 1, take, &conversation, err)) == 0)
        rc = end(&conversation, err);
    for (size_t i = 0; i < conversation.capacity; i++)
        free(conversation.trials[i].id);
    free(conversation.trials);
    rt_listing_free(conversation.listing);
    rt_buf_clear(&conversation.bytes);
    return rc;
}
