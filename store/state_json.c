/* Applying the rare events, which are JSON. */
#include "store/state_inner.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdlib.h>

int rt_state_read_object(const struct rt_event *event, struct rt_json **object, struct rt_err *err)
{
    if (rt_json_parse(event->body, object, err) < 0) {
        if (err)
            err->code = RT_EDAMAGED;
        return RT_EDAMAGED;
    }
    if (rt_json_kind(*object) == RT_JSON_OBJECT)
        return 0;
    rt_json_free(*object);
    *object = NULL;
    return rt_err_set(err, RT_EDAMAGED, "its body is not a JSON object");
}

int rt_state_apply_store(struct rt_state *state, const struct rt_event *event, struct rt_err *err)
{
    struct rt_json *object = NULL;
    uint8_t uuid[RT_UUID_SIZE];
    int64_t format;
    int rc;

    if ((rc = rt_state_read_object(event, &object, err)) < 0)
        return rc;
    format = rt_json_get_int(object, "format", 0);
    if (format > 1)
        rc = rt_err_set(err, RT_ENEWER,
                        "the store has format %" PRId64 ", and this program knows up to 1", format);
    else if (format < 1 || rt_uuid_parse(rt_json_get_text(object, "uuid", ""), uuid) < 0)
        rc = rt_err_set(err, RT_EDAMAGED, "the birth of the store lacks format or uuid");
    else
        memcpy(state->uuid, uuid, RT_UUID_SIZE);
    rt_json_free(object);
    return rc;
}

void rt_state_add_launch(struct rt_state *state, uint64_t time_us)
{
    state->launches = rt_grow(state->launches, &state->launch_capacity, state->launch_count + 1,
                              sizeof *state->launches);
    state->launches[state->launch_count] =
        (struct rt_launch){(uint32_t)state->launch_count + 1, time_us, 0};
    state->launch_count++;
}

/* How many of the trials that a launch had when it died are suspects, because launches died with
 * them before, and of which study they are: a launch completes one. */
static uint64_t count_suspects(const struct rt_state *state, struct rt_study_inner **of)
{
    uint64_t count = 0;

    for (size_t rank = 0; rank < state->lost.count; rank++) {
        for (size_t i = 0; i < state->lost.ranks[rank].count; i++) {
            const struct rt_open_range *range = &state->lost.ranks[rank].ranges[i];
            struct rt_study_inner *study = rt_state_find(state, range->study);
            uint64_t at = rt_downs_next(&study->downs, range->ordinal);

            for (; at && at < range->ordinal + range->count;
                 at = rt_downs_next(&study->downs, at + 1)) {
                if (rt_downs_by_launch(&study->downs, at)) {
                    *of = study;
                    count++;
                }
            }
        }
    }
    return count;
}

static bool was_open(const struct rt_state *state, const struct rt_study_inner *study,
                     uint64_t ordinal)
{
    uint32_t attempt = rt_word_attempts(rt_trials_get(&study->trials, ordinal));

    for (size_t rank = 0; rank < state->lost.count; rank++) {
        if (rt_leases_hold(&state->lost, (uint32_t)rank, study->is.number, ordinal, attempt))
            return true;
    }
    return false;
}

/* Suspects that did not run when the launch died, while others did. */
static void clear_others(const struct rt_state *state, struct rt_study_inner *study)
{
    for (uint64_t at = rt_downs_next(&study->downs, 1); at;
         at = rt_downs_next(&study->downs, at + 1)) {
        if (rt_downs_by_launch(&study->downs, at) &&
            rt_downs_of(&study->downs, at) < RT_DOWNS_MAX && !was_open(state, study, at))
            rt_downs_take_back(&study->downs, at);
    }
}

/* Any host may have gone first. Suspects that ran explain the death: one of them, and nobody else.
 * If none ran, those are suspects from now on that were lost before. */
static void blame(struct rt_study_inner *study, uint64_t ordinal, uint64_t suspects)
{
    bool before = rt_word_outcome(rt_trials_get(&study->trials, ordinal)) == RT_OUTCOME_LOST;

    if (suspects == 0 && before)
        rt_downs_suspect(&study->downs, ordinal);
    if (suspects == 1 && rt_downs_by_launch(&study->downs, ordinal))
        rt_downs_add(&study->downs, ordinal);
}

static void lose_trial(struct rt_study_inner *study, uint64_t ordinal)
{
    rt_word word = rt_trials_get(&study->trials, ordinal);
    struct rt_limits limits = rt_study_limits(study, ordinal);

    rt_move_end(&word, RT_OUTCOME_LOST, true, &limits);
    rt_study_set_word(study, ordinal, word);
    study->is.attempts++;
}

/* Which trials a launch that died is held against. */
enum blamed {
    BLAMED_NONE,   /* it ended by itself, or nobody watched */
    BLAMED_RANK_0, /* those of the conductor, with which its host may have gone */
    BLAMED_ALL,    /* blame() */
};

/* The trials of all open leases become lost; state->lost then says which they were. */
static void lose_open(struct rt_state *state, enum blamed blamed)
{
    struct rt_study_inner *of = NULL;
    uint64_t suspects;

    rt_leases_clear(&state->lost);
    state->lost = state->open;
    state->open = (struct rt_leases){0, NULL, 0, 0};
    suspects = blamed == BLAMED_ALL ? count_suspects(state, &of) : 0;
    if (suspects > 1)
        clear_others(state, of);
    for (size_t rank = 0; rank < state->lost.count; rank++) {
        for (size_t i = 0; i < state->lost.ranks[rank].count; i++) {
            const struct rt_open_range *range = &state->lost.ranks[rank].ranges[i];
            struct rt_study_inner *study = rt_state_find(state, range->study);

            for (uint64_t at = range->ordinal; at < range->ordinal + range->count; at++) {
                if (blamed == BLAMED_ALL)
                    blame(study, at, suspects);
                else if (blamed == BLAMED_RANK_0 && rank == 0)
                    rt_downs_add(&study->downs, at);
                lose_trial(study, at);
            }
        }
    }
}

static enum blamed blamed_of(const struct rt_json *launch)
{
    if (!rt_json_bool(rt_json_get(launch, "restarted")))
        return BLAMED_NONE;
    return strcmp(rt_json_get_text(launch, "suspects", ""), "all") == 0 ? BLAMED_ALL
                                                                        : BLAMED_RANK_0;
}

int rt_state_apply_launch(struct rt_state *state, const struct rt_event *event, struct rt_err *err)
{
    struct rt_json *object = NULL;
    int64_t number;
    enum blamed blamed;
    int rc;

    if ((rc = rt_state_read_object(event, &object, err)) < 0)
        return rc;
    number = rt_json_get_int(object, "launch", 0);
    blamed = blamed_of(object);
    rt_json_free(object);
    if (number != (int64_t)state->launch_count + 1)
        return rt_err_set(err, RT_EDAMAGED, "launch %" PRId64 " follows launch %zu", number,
                          state->launch_count);
    lose_open(state, blamed);
    rt_state_add_launch(state, event->time_us);
    state->open.launch = (uint32_t)number;
    return 0;
}

int rt_state_apply_launch_end(struct rt_state *state, const struct rt_event *event,
                              struct rt_err *err)
{
    struct rt_json *object = NULL;
    int64_t number;
    int rc;

    if ((rc = rt_state_read_object(event, &object, err)) < 0)
        return rc;
    number = rt_json_get_int(object, "launch", 0);
    rt_json_free(object);
    if (number < 1 || number != (int64_t)state->launch_count || state->launches[number - 1].ended)
        return rt_err_set(err, RT_EDAMAGED, "launch %" PRId64 " ends, but does not run", number);
    lose_open(state, BLAMED_NONE);
    state->launches[number - 1].ended = 1;
    return 0;
}

static int check_study(const struct rt_state *state, int64_t number, const char *id,
                       const char *name, struct rt_err *err)
{
    if (number != (int64_t)state->study_count + 1)
        return rt_err_set(err, RT_EDAMAGED, "study %" PRId64 " follows study %zu", number,
                          state->study_count);
    if (!*id || strlen(id) >= sizeof state->studies[0]->is.id)
        return rt_err_set(err, RT_EDAMAGED, "study %" PRId64 " has the id \"%s\"", number, id);
    if (!*name || rt_state_study_by_id(state, id) || rt_state_study_by_name(state, name))
        return rt_err_set(err, RT_EDAMAGED, "there is a study \"%s\" with id \"%s\" already", name,
                          id);
    return 0;
}

int rt_state_apply_study(struct rt_state *state, const struct rt_event *event, struct rt_err *err)
{
    struct rt_json *object = NULL;
    const char *name;
    const char *id;
    int rc;

    if ((rc = rt_state_read_object(event, &object, err)) < 0)
        return rc;
    id = rt_json_get_text(object, "id", "");
    name = rt_json_get_text(object, "name", "");
    rc = check_study(state, rt_json_get_int(object, "study", 0), id, name, err);
    if (rc == 0)
        rt_state_add_study(state, id, name);
    rt_json_free(object);
    return rc;
}

static int bad_segments(struct rt_err *err)
{
    return rt_err_set(err, RT_EDAMAGED, "its segments do not give each point its own ordinal");
}

/* Reads [[first index, count, first ordinal], ...], which must cover the points 0..total-1. */
static int read_segments(const struct rt_json *list, uint64_t total, struct rt_segments *map,
                         struct rt_err *err)
{
    for (size_t i = 0; i < rt_json_count(list); i++) {
        const struct rt_json *item = rt_json_at(list, i);
        int64_t index = rt_json_int(rt_json_at(item, 0));
        int64_t count = rt_json_int(rt_json_at(item, 1));
        int64_t ordinal = rt_json_int(rt_json_at(item, 2));

        if (rt_json_count(item) != 3 || (uint64_t)index != map->total || count < 1 || ordinal < 1 ||
            count > RT_ORDINALS_MAX || ordinal > RT_ORDINALS_MAX - count + 1)
            return bad_segments(err);
        rt_segments_add(map, (uint64_t)count, (uint64_t)ordinal);
    }
    if (map->total != total || !rt_segments_seal(map))
        return bad_segments(err);
    return 0;
}

/* Points without a trial yet get the numbers right behind the highest. */
static int check_new_ordinals(const struct rt_segments *map, uint64_t ordinals, struct rt_err *err)
{
    uint64_t highest = ordinals;
    uint64_t fresh = 0;

    for (size_t i = 0; i < map->count; i++) {
        uint64_t first = map->by_ordinal[i].ordinal;
        uint64_t last = first + map->by_ordinal[i].count - 1;

        if (last > ordinals)
            fresh += last - (first > ordinals ? first - 1 : ordinals);
        if (last > highest)
            highest = last;
    }
    return highest - ordinals == fresh ? 0 : bad_segments(err);
}

/* Retries may have changed, and trials may have come back into the plan. */
static void settle_all(struct rt_study_inner *study)
{
    uint64_t at = 1;

    while (at <= study->trials.count) {
        rt_word word;
        uint64_t run = rt_trials_run(&study->trials, at, study->trials.count, &word);

        for (uint64_t k = 0; rt_word_outcome(word) && k < run; k++) {
            struct rt_limits limits = rt_study_limits(study, at + k);
            rt_word settled = word;

            rt_move_settle(&settled, &limits);
            if (settled != word)
                rt_trials_set(&study->trials, at + k, settled);
        }
        at += run;
    }
}

/* What was proposed to the current plan stays in the next one. */
static int keep_proposals(struct rt_study_inner *study, struct rt_plan *plan, int64_t count,
                          struct rt_err *err)
{
    struct rt_revision *current = rt_study_current(study);

    if (count == 0)
        return 0;
    if (!current || !rt_plan_driven(plan) || !rt_plan_driven(current->plan) ||
        (int64_t)rt_plan_count(current->plan) != count)
        return rt_err_set(err, RT_EDAMAGED, "it keeps proposals that there are not");
    rt_plan_hand_over(current->plan, plan);
    rt_segments_clear(&current->map);
    return 0;
}

int rt_state_apply_plan(struct rt_state *state, const struct rt_event *event, struct rt_err *err)
{
    struct rt_segments map = {NULL, NULL, 0, 0, 0};
    struct rt_study_inner *study;
    struct rt_json *object = NULL;
    struct rt_plan *plan = NULL;
    int64_t number;
    int64_t keeps;
    int rc;

    if ((rc = rt_state_read_object(event, &object, err)) < 0)
        return rc;
    number = rt_json_get_int(object, "study", 0);
    keeps = rt_json_get_int(object, "keeps", 0);
    study = number < 1 || number > UINT32_MAX ? NULL : rt_state_find(state, (uint32_t)number);
    if (!study || !rt_json_get(object, "plan") ||
        rt_json_get_int(object, "revision", 0) != (int64_t)study->revision_count + 1) {
        rc = rt_err_set(err, RT_EDAMAGED, "it plans no study, or not its next revision");
        goto out;
    }
    if ((rc = rt_plan_new(rt_json_get(object, "plan"), &plan, err)) < 0 ||
        (rc = read_segments(rt_json_get(object, "segments"),
                            keeps > 0 ? (uint64_t)keeps : rt_plan_count(plan), &map, err)) < 0 ||
        (rc = check_new_ordinals(&map, study->is.ordinals, err)) < 0 ||
        (rc = keep_proposals(study, plan, keeps, err)) < 0)
        goto out;
    rt_study_add_revision(study, plan, &map);
    plan = NULL;
    study->is.finished = false;
    rt_study_inherit_reads(study);
    settle_all(study);
    rt_study_recount(study);
out:
    rt_plan_free(plan);
    rt_segments_clear(&map);
    rt_json_free(object);
    return rc;
}
