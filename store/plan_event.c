/* Making the event that gives a study its next plan. */
#include "store/matching.h"

#include <inttypes.h>

static struct rt_json *segments_json(const struct rt_segments *map)
{
    struct rt_json *list = rt_json_new_array();

    for (size_t i = 0; i < map->count; i++) {
        struct rt_json *item = rt_json_new_array();

        rt_json_append(item, rt_json_new_int((int64_t)map->by_index[i].index));
        rt_json_append(item, rt_json_new_int((int64_t)map->by_index[i].count));
        rt_json_append(item, rt_json_new_int((int64_t)map->by_index[i].ordinal));
        rt_json_append(list, item);
    }
    return list;
}

/* Every revision may add as many trials as it has points. */
static int check_room(const struct rt_study *study, const struct rt_plan *plan, struct rt_err *err)
{
    uint64_t count = rt_plan_count(plan);

    if (count <= RT_ORDINALS_MAX && study->ordinals <= RT_ORDINALS_MAX - count)
        return 0;
    return rt_err_set(err, RT_EUSAGE,
                      "the plan has %" PRIu64 " trials and the study %" PRIu64
                      " from before; a study holds %d at most: plan fewer, or several studies",
                      count, study->ordinals, RT_ORDINALS_MAX);
}

int rt_state_plan_event(const struct rt_study *study, const struct rt_plan *plan,
                        const char *source, const char *source_path, struct rt_buf *body,
                        struct rt_err *err)
{
    struct rt_segments map = {NULL, NULL, 0, 0, 0};
    struct rt_json *object;
    uint64_t keeps;
    int rc;

    if ((rc = check_room(study, plan, err)) < 0)
        return rc;
    keeps = rt_match_proposals(rt_study_inner(study), plan, &map);
    if (!keeps)
        rt_match_points(rt_study_inner(study), plan, &map);
    object = rt_json_new_object();
    rt_json_set_int(object, "study", study->number);
    rt_json_set_int(object, "revision", (int64_t)study->revision + 1);
    rt_json_set(object, "plan", rt_json_copy(rt_plan_json(plan)));
    rt_json_set_text(object, "source", source);
    rt_json_set_text(object, "source_path", source_path);
    rt_json_set(object, "segments", segments_json(&map));
    if (keeps)
        rt_json_set_int(object, "keeps", (int64_t)keeps);
    rt_json_canonical(object, body);
    rt_json_free(object);
    rt_segments_clear(&map);
    return 0;
}
