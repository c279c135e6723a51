/* What is known of the params that a study's model asks for. */
#include "store/state_inner.h"

#include <inttypes.h>

static const struct rt_json *member(const struct rt_revision *revision, const char *name)
{
    return rt_json_get(rt_plan_json(revision->plan), name);
}

static bool same(const struct rt_json *a, const struct rt_json *b)
{
    return a == b || (a && b && rt_json_equal(a, b));
}

static bool same_model(const struct rt_revision *a, const struct rt_revision *b)
{
    return same(member(a, "entry"), member(b, "entry")) &&
           same(member(a, "code"), member(b, "code")) && same(member(a, "root"), member(b, "root"));
}

void rt_study_inherit_reads(struct rt_study_inner *study)
{
    struct rt_revision *current = rt_study_current(study);

    for (size_t i = study->revision_count - 1; i-- > 0;) {
        const struct rt_revision *before = &study->revisions[i];

        if (!before->reads_known || !same_model(before, current))
            continue;
        current->reads_known = true;
        rt_reads_merge(&current->reads, &before->reads);
    }
}

const struct rt_reads *rt_study_reads(const struct rt_study *study)
{
    const struct rt_revision *current = rt_study_current(rt_study_inner(study));

    return current && current->reads_known ? &current->reads : NULL;
}

int rt_state_apply_reads(struct rt_state *state, const struct rt_event *event, struct rt_err *err)
{
    struct rt_reads reads = {NULL, 0, 0};
    struct rt_study_inner *study;
    struct rt_json *object = NULL;
    int64_t number;
    int64_t revision;
    int rc;

    if ((rc = rt_state_read_object(event, &object, err)) < 0)
        return rc;
    number = rt_json_get_int(object, "study", 0);
    revision = rt_json_get_int(object, "revision", 0);
    study = number < 1 || number > UINT32_MAX ? NULL : rt_state_find(state, (uint32_t)number);
    if (!study || revision < 1 || revision > (int64_t)study->revision_count) {
        rc = rt_err_set(err, RT_EDAMAGED,
                        "it tells of study %" PRId64 ", revision %" PRId64 ", which is not there",
                        number, revision);
    } else if (!rt_reads_from_json(rt_json_get(object, "keys"), &reads)) {
        rc = rt_err_set(err, RT_EDAMAGED, "its keys are no list of texts");
    } else {
        study->revisions[revision - 1].reads_known = true;
        rt_reads_merge(&study->revisions[revision - 1].reads, &reads);
    }
    rt_reads_clear(&reads);
    rt_json_free(object);
    return rc;
}
