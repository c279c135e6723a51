#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "engine/condition.h"
#include "engine/range.h"
#include "engine/scalar.h"
#include "store/plan.h"

#include <stdlib.h>

/* Every key below a parameter is a name without dots: with dots, `a.b` could be two things. */
static int check_keys(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                      struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];
    int rc = 0;

    for (size_t i = 0; i < node->count && rc == 0; i++) {
        const struct rt_yaml_node *item = &node->items[i];

        if (item->key && rt_study_check_key(item->key, err) < 0)
            return rt_yaml_error_at(reader->yaml, item->key_offset, err);
        if (item->key && strchr(item->key, '.'))
            return rt_yaml_error(reader->yaml, item->key_offset, err,
                                 "the name \"%s\" has a dot; write a mapping inside a mapping",
                                 rt_utf8_clip(item->key, clip));
        rc = check_keys(reader, item, err);
    }
    return rc;
}

int rt_study_value(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                   struct rt_json **value, struct rt_err *err)
{
    int rc = check_keys(reader, node, err);

    *value = rc == 0 ? rt_yaml_json(node) : NULL;
    return rc;
}

int rt_study_read_params(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err)
{
    struct rt_json *params = NULL;
    int rc;

    if ((rc = rt_study_expect(reader, node, RT_JSON_OBJECT, "a mapping such as {epochs: 40}",
                              err)) < 0 ||
        (rc = rt_study_value(reader, node, &params, err)) < 0)
        return rc;
    rt_json_set(reader->plan, "params", params);
    return 0;
}

static bool all_numbers_one_real(const struct rt_yaml_node *list)
{
    bool real = false;

    for (size_t i = 0; i < list->count; i++) {
        enum rt_json_kind kind = list->items[i].kind;

        if (kind != RT_JSON_INT && kind != RT_JSON_REAL)
            return false;
        real |= kind == RT_JSON_REAL;
    }
    return real;
}

static int make_real(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_json **value, struct rt_err *err)
{
    const int64_t exact_max = INT64_C(1) << 53;
    int64_t integer = rt_json_int(*value); /* 0 if it is a real already */
    double real = rt_json_number(*value);

    if (integer > exact_max || integer < -exact_max)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "%s is too large to stand among real numbers; write all values as "
                             "integers",
                             node->text);
    rt_json_free(*value);
    *value = rt_json_new_real(real);
    return 0;
}

struct seen {
    char *text;
    size_t offset;
};

static int by_text(const void *a, const void *b)
{
    const struct seen *left = a;
    const struct seen *right = b;
    int order = strcmp(left->text, right->text);

    return order ? order : left->offset > right->offset ? 1 : -1;
}

int rt_study_check_distinct(const struct rt_study_reader *reader, const struct rt_yaml_node *list,
                            const struct rt_json *values, struct rt_err *err)
{
    struct seen *seen = rt_calloc(list->count, sizeof *seen);
    char clip[RT_UTF8_CLIP];
    int rc = 0;

    for (size_t i = 0; i < list->count; i++)
        seen[i] = (struct seen){rt_json_text(rt_json_at(values, i)), list->items[i].offset};
    qsort(seen, list->count, sizeof *seen, by_text);
    for (size_t i = 1; i < list->count && rc == 0; i++) {
        if (strcmp(seen[i - 1].text, seen[i].text) == 0)
            rc = rt_yaml_error(reader->yaml, seen[i].offset, err,
                               "%s is listed twice; to repeat trials, use \"replicates\"",
                               rt_utf8_clip(seen[i].text, clip));
    }
    for (size_t i = 0; i < list->count; i++)
        free(seen[i].text);
    free(seen);
    return rc;
}

static int read_list(const struct rt_study_reader *reader, const struct rt_yaml_node *list,
                     bool repeats, struct rt_json **axis, struct rt_err *err)
{
    bool reals = all_numbers_one_real(list);
    struct rt_json *values = rt_json_new_array();
    int rc = 0;

    *axis = NULL;
    if (list->count == 0)
        rc = rt_yaml_error(reader->yaml, list->offset, err,
                           "the list is empty; give at least one value, or remove the key");
    for (size_t i = 0; i < list->count && rc == 0; i++) {
        struct rt_json *value = NULL;

        rc = rt_study_value(reader, &list->items[i], &value, err);
        if (rc == 0 && reals)
            rc = make_real(reader, &list->items[i], &value, err);
        if (rc == 0)
            rt_json_append(values, value);
        else
            rt_json_free(value);
    }
    if (rc == 0 && !repeats)
        rc = rt_study_check_distinct(reader, list, values, err);
    if (rc < 0) {
        rt_json_free(values);
        return rc;
    }
    *axis = rt_json_new_object();
    rt_json_set(*axis, "values", values);
    return 0;
}

int rt_study_list(const struct rt_study_reader *reader, const struct rt_yaml_node *list,
                  struct rt_json **axis, struct rt_err *err)
{
    return read_list(reader, list, false, axis, err);
}

static int read_number(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_decimal *number, bool *real, struct rt_err *err)
{
    if (node->kind != RT_JSON_INT && node->kind != RT_JSON_REAL)
        return rt_study_mismatch(reader, node, "a number", err);
    *real |= node->kind == RT_JSON_REAL;
    if (rt_scalar_decimal(node->text, number, err) < 0)
        return rt_yaml_error_at(reader->yaml, node->offset, err);
    return 0;
}

static int read_scale(const struct rt_study_reader *reader, const struct rt_yaml_node *mapping,
                      struct rt_range *range, struct rt_err *err)
{
    const struct rt_yaml_node *scale = rt_yaml_get(mapping, "scale");

    if (!scale)
        return 0;
    range->log = scale->text && strcmp(scale->text, "log") == 0;
    if (!range->log && (!scale->text || strcmp(scale->text, "linear") != 0))
        return rt_study_mismatch(reader, scale, "log or linear", err);
    if (range->log && !rt_yaml_get(mapping, "count"))
        return rt_yaml_error(reader->yaml, scale->offset, err,
                             "a range with a logarithmic scale has \"from\", \"to\" and \"count\"");
    return 0;
}

static int read_range(struct rt_study_reader *reader, const struct rt_yaml_node *mapping,
                      struct rt_range *range, struct rt_err *err)
{
    const struct rt_yaml_node *from = rt_yaml_get(mapping, "from");
    const struct rt_yaml_node *to = rt_yaml_get(mapping, "to");
    const struct rt_yaml_node *step = rt_yaml_get(mapping, "step");
    const struct rt_yaml_node *count = rt_yaml_get(mapping, "count");
    int rc;

    memset(range, 0, sizeof *range);
    if ((rc = read_scale(reader, mapping, range, err)) < 0)
        return rc;
    if (!from || !to || !step == !count)
        return rt_yaml_error(reader->yaml, mapping->offset, err,
                             "a range has \"from\", \"to\" and either \"step\" or \"count\"");
    if ((rc = read_number(reader, from, &range->from, &range->real, err)) < 0 ||
        (rc = read_number(reader, to, &range->to, &range->real, err)) < 0)
        return rc;
    if (step)
        return read_number(reader, step, &range->step, &range->real, err);
    return rt_study_integer(reader, count, 1, RT_PLAN_POINTS_MAX, &range->count, err);
}

static int check_range_keys(const struct rt_study_reader *reader,
                            const struct rt_yaml_node *mapping, struct rt_err *err)
{
    static const char *const known[] = {"from",  "to",     "step", "count",
                                        "scale", "values", "when", NULL};
    char clip[RT_UTF8_CLIP];
    char member[RT_UTF8_CLIP];

    for (size_t i = 0; i < mapping->count; i++) {
        const struct rt_yaml_node *node = &mapping->items[i];
        const char *const *name = known;
        const char *nearest;

        while (*name && strcmp(*name, node->key) != 0)
            name++;
        if (*name)
            continue;
        nearest = rt_suggest(node->key, known);
        rt_utf8_clip(node->key, clip);
        if (nearest)
            return rt_yaml_error(reader->yaml, node->key_offset, err,
                                 "unknown key \"%s\"; did you mean \"%s\"?", clip, nearest);
        return rt_yaml_error(reader->yaml, node->key_offset, err,
                             "unknown key \"%s\"; a range has from, to, and step or count, and "
                             "to sweep a member, write \"%s.%s\"",
                             clip, rt_utf8_clip(mapping->key, member), clip);
    }
    return 0;
}

/* Ranges complain where the step or the count is: it is what people will change. */
static size_t where_to_complain(const struct rt_yaml_node *node)
{
    const struct rt_yaml_node *step = rt_yaml_get(node, "step");
    const struct rt_yaml_node *count = rt_yaml_get(node, "count");

    return step ? step->offset : count ? count->offset : node->offset;
}

static int read_plain(struct rt_study_reader *reader, const struct rt_yaml_node *node, bool repeats,
                      struct rt_json **axis, struct rt_err *err)
{
    static const char expected[] = "a list such as [0.1, 0.2], a range such as {from: 0, to: 0.5, "
                                   "step: 0.05}, or \"0:0.5:0.05\"";
    struct rt_range range;
    int rc;

    *axis = NULL;
    if (node->kind == RT_JSON_ARRAY)
        return read_list(reader, node, repeats, axis, err);
    if (node->kind == RT_JSON_OBJECT) {
        if ((rc = read_range(reader, node, &range, err)) < 0)
            return rc;
    } else if (node->kind != RT_JSON_STRING || !rt_range_parse(node->text, &range)) {
        return rt_study_mismatch(reader, node, expected, err);
    }
    if (rt_range_axis(&range, axis, err) < 0)
        return rt_yaml_error_at(reader->yaml, where_to_complain(node), err);
    return 0;
}

static int add_condition(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_json *conditions, struct rt_err *err)
{
    struct rt_condition condition;
    int rc = rt_study_expect(reader, node, RT_JSON_STRING,
                             "a condition such as optimizer == sgd, or a list of them", err);

    if (rc < 0)
        return rc;
    if (rt_condition_parse(node->text, &condition, err) < 0)
        rc = rt_yaml_error_at(reader->yaml, node->offset, err);
    else
        rt_json_append(conditions, rt_json_new_string(node->text));
    rt_condition_clear(&condition);
    return rc;
}

/* "when": one condition, or several that all must be met. */
static int read_when(const struct rt_study_reader *reader, const struct rt_yaml_node *when,
                     struct rt_json *axis, struct rt_err *err)
{
    struct rt_json *conditions = rt_json_new_array();
    int rc = 0;

    if (when->kind != RT_JSON_ARRAY)
        rc = add_condition(reader, when, conditions, err);
    else if (when->count == 0)
        rc = rt_study_mismatch(reader, when, "a condition such as optimizer == sgd", err);
    for (size_t i = 0; rc == 0 && i < when->count; i++)
        rc = add_condition(reader, &when->items[i], conditions, err);
    if (rc < 0)
        rt_json_free(conditions);
    else
        rt_json_set(axis, "when", conditions);
    return rc;
}

/* The levels of a mapping: under "values", or a range that it is itself. */
static int find_levels(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       const struct rt_yaml_node **levels, struct rt_err *err)
{
    const struct rt_yaml_node *values = rt_yaml_get(node, "values");
    size_t others = node->count - (values != NULL) - (rt_yaml_get(node, "when") != NULL);

    *levels = values ? values : node;
    if (values && others)
        return rt_yaml_error(reader->yaml, values->key_offset, err,
                             "give either \"values\" or a range, not both");
    if (values && values->kind == RT_JSON_OBJECT)
        return rt_study_mismatch(reader, values, "a list such as [0.1, 0.2]", err);
    return 0;
}

int rt_study_axis(struct rt_study_reader *reader, const struct rt_yaml_node *node, bool repeats,
                  struct rt_json **axis, struct rt_err *err)
{
    const struct rt_yaml_node *when;
    const struct rt_yaml_node *levels;
    int rc;

    *axis = NULL;
    if (node->kind != RT_JSON_OBJECT)
        return read_plain(reader, node, repeats, axis, err);
    when = rt_yaml_get(node, "when");
    if ((rc = check_range_keys(reader, node, err)) < 0 ||
        (rc = find_levels(reader, node, &levels, err)) < 0)
        return rc;
    if (when && repeats)
        return rt_yaml_error(reader->yaml, when->key_offset, err,
                             "keys that change together have no conditions");
    if ((rc = read_plain(reader, levels, repeats, axis, err)) == 0 && when &&
        (rc = read_when(reader, when, *axis, err)) < 0) {
        rt_json_free(*axis);
        *axis = NULL;
    }
    return rc;
}

/* Under "zip" stands either a group of keys, or the levels of a parameter that is called zip: only
 * a range has numbers as members. */
static bool is_group(const struct rt_yaml_node *node)
{
    if (strcmp(node->key, "zip") != 0 || node->kind != RT_JSON_OBJECT || node->count == 0)
        return false;
    for (size_t i = 0; i < node->count; i++) {
        if (node->items[i].kind == RT_JSON_INT || node->items[i].kind == RT_JSON_REAL)
            return false;
    }
    return true;
}

static int read_crossed(struct rt_study_reader *reader, const struct rt_yaml_node *mapping,
                        struct rt_err *err)
{
    struct rt_json *axes = rt_json_get(reader->plan, "axes");
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < mapping->count; i++) {
        const struct rt_yaml_node *item = &mapping->items[i];
        struct rt_json *axis;

        if (is_group(item)) {
            rc = rt_study_read_zip(reader, item, err);
            continue;
        }
        if (rt_study_check_path(item->key, err) < 0)
            return rt_yaml_error_at(reader->yaml, item->key_offset, err);
        if ((rc = rt_study_axis(reader, item, false, &axis, err)) < 0)
            return rc;
        rt_json_set_text(axis, "key", item->key);
        rt_json_append(axes, axis);
    }
    return rc;
}

int rt_study_read_sweep(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err)
{
    static const char expected[] = "a mapping such as {lr: [0.1, 0.2]}";
    int rc = 0;

    if (node->kind != RT_JSON_ARRAY) {
        rc = rt_study_expect(reader, node, RT_JSON_OBJECT, expected, err);
        return rc < 0 ? rc : read_crossed(reader, node, err);
    }
    for (size_t i = 0; rc == 0 && i < node->count; i++) {
        if ((rc = rt_study_expect(reader, &node->items[i], RT_JSON_OBJECT, expected, err)) == 0)
            rc = read_crossed(reader, &node->items[i], err);
    }
    return rc;
}
