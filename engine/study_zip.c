/* Keys that change together: the first level of one with the first of all others, and so on. */
#include "engine/study_own.h"

#include "base/utf8.h"

static int64_t levels_of(const struct rt_json *axis)
{
    const struct rt_json *values = rt_json_get(axis, "values");

    return values ? (int64_t)rt_json_count(values) : rt_json_get_int(axis, "count", 0);
}

static int check_count(const struct rt_study_reader *reader, const struct rt_yaml_node *item,
                       const struct rt_json *axis, const struct rt_json *first, struct rt_err *err)
{
    char clips[2][RT_UTF8_CLIP];

    if (levels_of(axis) == levels_of(first))
        return 0;
    return rt_yaml_error(reader->yaml, item->offset, err,
                         "\"%s\" has %lld levels and \"%s\" has %lld; keys that change together "
                         "have equally many",
                         rt_utf8_clip(item->key, clips[0]), (long long)levels_of(axis),
                         rt_utf8_clip(rt_json_get_text(first, "key", ""), clips[1]),
                         (long long)levels_of(first));
}

/* A range has no level twice, and then no combination is there twice. Otherwise all are lists. */
static int check_distinct_rows(const struct rt_study_reader *reader,
                               const struct rt_yaml_node *group, const struct rt_json *axes,
                               size_t first, struct rt_err *err)
{
    const struct rt_yaml_node *list = &group->items[0];
    struct rt_json *rows;
    int rc;

    for (size_t i = 0; i < group->count; i++) {
        if (group->items[i].kind != RT_JSON_ARRAY)
            return 0;
    }
    rows = rt_json_new_array();
    for (size_t level = 0; level < list->count; level++) {
        struct rt_json *row = rt_json_new_array();

        for (size_t i = 0; i < group->count; i++) {
            const struct rt_json *values = rt_json_get(rt_json_at(axes, first + i), "values");

            rt_json_append(row, rt_json_keep(rt_json_at(values, level)));
        }
        rt_json_append(rows, row);
    }
    rc = rt_study_check_distinct(reader, list, rows, err);
    rt_json_free(rows);
    return rc;
}

int rt_study_read_zip(struct rt_study_reader *reader, const struct rt_yaml_node *group,
                      struct rt_err *err)
{
    struct rt_json *axes = rt_json_get(reader->plan, "axes");
    size_t first = rt_json_count(axes);
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < group->count; i++) {
        const struct rt_yaml_node *item = &group->items[i];
        struct rt_json *axis;

        if (rt_study_check_path(item->key, err) < 0)
            return rt_yaml_error_at(reader->yaml, item->key_offset, err);
        if ((rc = rt_study_axis(reader, item, true, &axis, err)) < 0)
            return rc;
        rt_json_set_text(axis, "key", item->key);
        rt_json_set_int(axis, "zip", reader->groups);
        rt_json_append(axes, axis);
        rc = check_count(reader, item, axis, rt_json_at(axes, first), err);
    }
    reader->groups++;
    return rc < 0 ? rc : check_distinct_rows(reader, group, axes, first, err);
}
