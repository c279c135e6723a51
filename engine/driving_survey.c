/*
 * A first look at the conversation so far: where the one that is replayed began, which turns do not
 * count any more, and what is to be known before the program starts. Nothing is kept of what was
 * asked and told: that is read again, turn by turn (driving_read.c).
 */
#include "engine/driving_own.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

void rt_survey_clear(struct rt_survey *survey)
{
    free(survey->cuts);
    free(survey->state);
    free(survey->late_state);
    *survey = (struct rt_survey){0};
}

const char *rt_driving_saved(const struct rt_driving *driving)
{
    const struct rt_survey *survey = &driving->survey;

    if (survey->late_state)
        return survey->late_state;
    return survey->state ? survey->state : driving->beginning.state;
}

/* How long launches drove the study: from each start until what was recorded last of it. Clocks may
 * jump back. */
static void take_time(struct rt_driving *driving, const struct rt_event *event, bool starts)
{
    struct rt_survey *survey = &driving->survey;

    if (starts && survey->began_us) {
        driving->spent_us += survey->last_us - survey->began_us;
        survey->began_us = 0;
    }
    if (starts)
        survey->began_us = survey->last_us = event->time_us;
    else if (event->time_us > survey->last_us)
        survey->last_us = event->time_us;
}

static void forget_states(struct rt_survey *survey)
{
    free(survey->state);
    free(survey->late_state);
    survey->state = survey->late_state = NULL;
}

static void keep_state(char **state, const char *text)
{
    free(*state);
    *state = text ? rt_strdup(text) : NULL;
}

/* The plan stays what it was for the driver, or it begins anew. What ended it may not hold now. */
static void take_plan(struct rt_driving *driving, const struct rt_json *body, uint64_t seq)
{
    struct rt_survey *survey = &driving->survey;

    if (rt_json_get_int(body, "keeps", 0) <= 0) {
        rt_survey_clear(survey);
        rt_beginning_clear(&driving->beginning);
        rt_driving_drop_all(driving);
        driving->spent_us = 0;
        survey->plan_seq = seq;
    } else if (survey->end_seq) {
        survey->cuts = rt_grow(survey->cuts, &survey->cut_capacity, survey->cut_count + 1,
                               sizeof *survey->cuts);
        survey->cuts[survey->cut_count++] = (struct rt_cut){survey->end_seq, seq};
        survey->end_seq = 0;
        keep_state(&survey->late_state, NULL);
    }
}

/* A fresh start forgets the conversation. */
static void take_start(struct rt_driving *driving, const struct rt_json *body)
{
    struct rt_beginning *beginning = &driving->beginning;
    uint64_t number = (uint64_t)rt_json_get_int(body, "conversation", 1);

    keep_state(&beginning->program, rt_json_get_text(body, "program", NULL));
    if (beginning->number == number)
        return;
    beginning->number = number;
    keep_state(&beginning->state, rt_json_get_text(body, "state", NULL));
    forget_states(&driving->survey);
    driving->survey.end_seq = 0;
}

/* The point of a trial that still is to have an outcome; false if it has one, or is none. */
static bool is_undecided(const struct rt_driving *driving, uint64_t ordinal, uint64_t *point)
{
    *point = rt_study_index(driving->study, ordinal);
    return *point < rt_plan_count(driving->study->plan) &&
           rt_state_trial(driving->study, ordinal).status != RT_TRIAL_DONE;
}

/* Orders hold for attempts that are still to come. */
static void take_orders(struct rt_driving *driving, const struct rt_json *orders)
{
    for (size_t i = 0; i < rt_json_count(orders); i++) {
        const struct rt_json *order = rt_json_at(orders, i);
        uint64_t point;

        if (is_undecided(driving, (uint64_t)rt_json_get_int(order, "ordinal", 0), &point))
            rt_driving_note_order(driving, point, order);
    }
}

/* So do priorities, which the conductor is to know at once. */
static void take_priority(struct rt_driving *driving, const struct rt_json *body)
{
    const struct rt_json *list = rt_json_get(body, "trials");
    uint64_t point;

    for (size_t i = 0; i < rt_json_count(list); i++) {
        if (is_undecided(driving, (uint64_t)rt_json_int(rt_json_at(list, i)), &point))
            rt_driving_add(driving, point)->priority =
                (int32_t)rt_json_get_int(body, "priority", 0);
    }
}

static void take_proposals(struct rt_driving *driving, const struct rt_json *body)
{
    const struct rt_json *list = rt_json_get(body, "trials");
    uint64_t point = (uint64_t)rt_json_get_int(body, "point", 0);

    for (size_t i = 0; i < rt_json_count(list); i++, point++) {
        int32_t priority = (int32_t)rt_json_get_int(rt_json_at(list, i), "priority", 0);
        uint64_t same;

        if (priority && is_undecided(driving, rt_study_ordinal(driving->study, point), &same))
            rt_driving_add(driving, same)->priority = priority;
    }
}

static void take_driver(struct rt_driving *driving, const struct rt_json *body, uint64_t seq)
{
    struct rt_survey *survey = &driving->survey;
    const char *what = rt_json_get_text(body, "what", "");

    if (strcmp(what, "start") == 0)
        take_start(driving, body);
    else if (strcmp(what, "save") == 0)
        keep_state(survey->end_seq ? &survey->late_state : &survey->state,
                   rt_json_get_text(body, "state", ""));
    else if (strcmp(what, "order") == 0)
        take_orders(driving, rt_json_get(body, "orders"));
    else if (strcmp(what, "priority") == 0)
        take_priority(driving, body);
    else if (!survey->end_seq && (strcmp(what, "stop") == 0 || strcmp(what, "refuse") == 0 ||
                                  strcmp(what, "finish") == 0))
        survey->end_seq = seq;
}

static bool contains(struct rt_span body, const char *text)
{
    return body.size && memmem(body.data, body.size, text, strlen(text));
}

/* The number of the study in canonical JSON where nothing before it, in the order of the names, has
 * members of that name: it is found without reading all. */
static bool is_about(const struct rt_driving *driving, struct rt_span body)
{
    char *member = rt_printf("\"study\":%u,", (unsigned)driving->study->number);
    const char *first = body.size ? memmem(body.data, body.size, "\"study\":", 8) : NULL;
    size_t size = strlen(member);
    bool is = first && size <= (size_t)((const char *)body.data + body.size - first) &&
              memcmp(first, member, size) == 0;

    free(member);
    return is;
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
        if (attempt.study != driving->study->number)
            continue;
        take_time(driving, event, false);
        return 0;
    }
    return rc;
}

static int take_object(struct rt_driving *driving, const struct rt_event *event, struct rt_err *err)
{
    struct rt_json *body;
    bool starts;
    int rc = rt_json_parse(event->body, &body, err);

    if (rc < 0)
        return rc;
    if (rt_json_get_int(body, "study", 0) == (int64_t)driving->study->number) {
        starts = event->kind == RT_EVENT_DRIVER &&
                 strcmp(rt_json_get_text(body, "what", ""), "start") == 0;
        if (event->kind == RT_EVENT_PLAN)
            take_plan(driving, body, event->seq);
        take_time(driving, event, starts);
        if (event->kind == RT_EVENT_DRIVER)
            take_driver(driving, body, event->seq);
        if (event->kind == RT_EVENT_PROPOSE)
            take_proposals(driving, body);
    }
    rt_json_free(body);
    return 0;
}

int rt_driving_survey_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct rt_driving *driving = context;

    switch (event->kind) {
    case RT_EVENT_ATTEMPTS:
        return take_attempts(driving, event, err);
    case RT_EVENT_PROPOSE:
        if (contains(event->body, "\"priority\":"))
            return take_object(driving, event, err);
        /* fall through */
    case RT_EVENT_TELL:
    case RT_EVENT_CANCEL:
        if (is_about(driving, event->body))
            take_time(driving, event, false);
        return 0;
    case RT_EVENT_PLAN:
    case RT_EVENT_DRIVER:
        return take_object(driving, event, err);
    default:
        return 0;
    }
}

int rt_driving_survey(struct rt_driving *driving, struct rt_err *err)
{
    struct rt_survey *survey = &driving->survey;
    int rc;

    rt_driving_drop_all(driving);
    rt_survey_clear(survey);
    rt_beginning_clear(&driving->beginning);
    driving->spent_us = 0;
    rc = rt_store_read(driving->options.store, 1, rt_driving_survey_event, driving, err);
    driving->spent_us += survey->began_us ? survey->last_us - survey->began_us : 0;
    driving->spent_at_us = rt_mono_us();
    return rc < 0 ? rt_err_while(err, "reading what the driver was told") : 0;
}
