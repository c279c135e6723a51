/* Applying what drivers do: trials that they propose and cancel, and their end. */
#include "store/state_inner.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdlib.h>

/* The study that the event is of, which must have a plan with a driver. */
static int study_of(const struct rt_state *state, const struct rt_json *object,
                    struct rt_study_inner **study, struct rt_err *err)
{
    int64_t number = rt_json_get_int(object, "study", 0);
    int rc = rt_state_planned(state, number < 1 || number > UINT32_MAX ? 0 : (uint32_t)number,
                              study, err);

    if (rc == 0 && !rt_plan_driven((*study)->is.plan))
        rc = rt_err_set(err, RT_EDAMAGED, "study %" PRId64 " has no driver", number);
    return rc;
}

static int check_proposal(const struct rt_json *item, struct rt_err *err)
{
    const struct rt_json *params = rt_json_get(item, "params");
    int64_t replicate = rt_json_get_int(item, "replicate", 0);

    if (!params || rt_json_kind(params) != RT_JSON_OBJECT || replicate < 1 ||
        replicate > UINT32_MAX)
        return rt_err_set(err, RT_EDAMAGED, "a proposal lacks params or replicate");
    return 0;
}

static int damaged(struct rt_err *err)
{
    if (err)
        err->code = RT_EDAMAGED;
    return RT_EDAMAGED;
}

static void add_trial(struct rt_study_inner *study, uint32_t replicate, struct rt_span params)
{
    struct rt_revision *current = rt_study_current(study);
    uint64_t ordinal = study->trials.count + 1;

    rt_plan_propose(current->plan, rt_plan_count(current->plan), replicate, params);
    rt_segments_push(&current->map, ordinal);
    rt_trials_extend(&study->trials, ordinal);
    study->is.ordinals = ordinal;
    study->is.planned++;
}

/* Merges all before any is added: an event is applied whole or not at all. */
static int add_trials(struct rt_study_inner *study, const struct rt_json *list, struct rt_err *err)
{
    struct rt_buf merged = RT_BUF_INIT;
    size_t *ends = rt_calloc(rt_json_count(list) + 1, sizeof *ends);
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < rt_json_count(list); i++) {
        const struct rt_json *item = rt_json_at(list, i);

        rc = check_proposal(item, err);
        if (rc == 0 && rt_plan_merge(study->is.plan, rt_json_get(item, "params"), &merged, err) < 0)
            rc = damaged(err);
        ends[i + 1] = merged.size;
    }
    for (size_t i = 0; rc == 0 && i < rt_json_count(list); i++)
        add_trial(study, (uint32_t)rt_json_get_int(rt_json_at(list, i), "replicate", 1),
                  rt_span(merged.data + ends[i], ends[i + 1] - ends[i]));
    rt_buf_clear(&merged);
    free(ends);
    return rc;
}

int rt_state_apply_propose(struct rt_state *state, const struct rt_event *event, struct rt_err *err)
{
    struct rt_study_inner *study;
    struct rt_json *object = NULL;
    const struct rt_json *list;
    int rc;

    if ((rc = rt_state_read_object(event, &object, err)) < 0)
        return rc;
    list = rt_json_get(object, "trials");
    if ((rc = study_of(state, object, &study, err)) < 0)
        goto out;
    if (rt_json_count(list) == 0 ||
        rt_json_get_int(object, "point", -1) != (int64_t)rt_plan_count(study->is.plan) ||
        study->is.ordinals > RT_ORDINALS_MAX - rt_json_count(list)) {
        rc = rt_err_set(err, RT_EDAMAGED, "it proposes no trials, or not the next ones");
        goto out;
    }
    rc = add_trials(study, list, err);
out:
    rt_json_free(object);
    return rc;
}

static int check_cancelled(const struct rt_study_inner *study, int64_t ordinal, struct rt_err *err)
{
    rt_word word = 0;

    if (ordinal >= 1 && (uint64_t)ordinal <= study->is.ordinals)
        word = rt_trials_get(&study->trials, (uint64_t)ordinal);
    if (ordinal < 1 || (uint64_t)ordinal > study->is.ordinals || rt_move_cancel(&word) < 0 ||
        rt_study_index(&study->is, (uint64_t)ordinal) == UINT64_MAX)
        return rt_err_set(err, RT_EDAMAGED, "trial %s.%" PRId64 " cannot be cancelled",
                          study->is.id, ordinal);
    return 0;
}

int rt_state_apply_cancel(struct rt_state *state, const struct rt_event *event, struct rt_err *err)
{
    struct rt_study_inner *study;
    struct rt_json *object = NULL;
    const struct rt_json *list;
    int rc;

    if ((rc = rt_state_read_object(event, &object, err)) < 0)
        return rc;
    list = rt_json_get(object, "trials");
    rc = study_of(state, object, &study, err);
    for (size_t i = 0; rc == 0 && i < rt_json_count(list); i++)
        rc = check_cancelled(study, rt_json_int(rt_json_at(list, i)), err);
    for (size_t i = 0; rc == 0 && i < rt_json_count(list); i++) {
        uint64_t ordinal = (uint64_t)rt_json_int(rt_json_at(list, i));
        rt_word word = rt_trials_get(&study->trials, ordinal);

        if (rt_move_cancel(&word) == 0)
            rt_study_set_word(study, ordinal, word);
    }
    if (rc == 0)
        rt_study_advance(study);
    rt_json_free(object);
    return rc;
}

int rt_state_apply_driver(struct rt_state *state, const struct rt_event *event, struct rt_err *err)
{
    struct rt_study_inner *study;
    struct rt_json *object = NULL;
    int rc;

    if ((rc = rt_state_read_object(event, &object, err)) < 0)
        return rc;
    rc = study_of(state, object, &study, err);
    if (rc == 0 && strcmp(rt_json_get_text(object, "what", ""), "finish") == 0)
        study->is.finished = true;
    rt_json_free(object);
    return rc;
}
