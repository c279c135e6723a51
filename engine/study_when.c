/*
 * Keys of a sweep that are there only under a condition.
 *
 * Keys that depend on one another become axes that change together and list
 * the combinations there are, each once; a level without a key is absent. What
 * the study said stays in the axes, as "source" and "when", so that it can be
 * changed and written again.
 */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "engine/condition.h"
#include "store/plan_axis.h"

#include <stdlib.h>

#define ROWS_MAX  100000 /* combinations of keys that depend on one another */
#define KEYS_MAX  64     /* of them */
#define FIRST_ZIP 900000 /* until groups are numbered again */
#define SWEEP_MAX 1000   /* keys of a sweep with conditions */
#define FIXED     SIZE_MAX

/* A condition, and the axis that it is on. */
struct test {
    struct rt_condition condition;
    size_t axis; /* FIXED: a parameter that is not swept, */
    bool holds;  /* which passes or not */
};

struct key {
    const struct rt_json *axis; /* as the study says it */
    struct test *tests;
    size_t test_count;
    size_t first;                   /* of those that depend on one another */
    struct rt_json *levels;         /* all of its values, once they are needed */
    struct rt_json *rows;           /* its value in each combination */
    struct rt_json *absent;         /* the combinations without it */
    const struct rt_json *fallback; /* what it is where it is not swept; NULL: not there */
    bool placed;                    /* among those whose combinations are made */
    const struct rt_json *now;      /* in the combination that is being made; NULL: not swept */
};

struct keys {
    struct key *items;
    size_t count;
    const struct rt_json *params;
};

static const char *name_of(const struct key *key)
{
    return rt_json_get_text(key->axis, "key", "");
}

static struct rt_json *param_of(const struct rt_json *params, const char *key)
{
    struct rt_json *value = NULL;

    for (const char *dot = key; dot; key = dot + 1) {
        char *name;

        dot = strchr(key, '.');
        name = rt_strndup(key, dot ? (size_t)(dot - key) : strlen(key));
        value = rt_json_get(params, name);
        params = value;
        free(name);
        if (!value || !dot)
            break;
    }
    return value;
}

static struct rt_json *json_of(const struct rt_value *value)
{
    return value->kind == RT_JSON_INT ? rt_json_new_int(value->integer)
                                      : rt_json_new_real(value->real);
}

/* Lists the values of a key. */
static int list_levels(struct key *key, struct rt_err *err)
{
    const struct rt_json *values = rt_json_get(key->axis, "values");
    struct rt_plan_axis axis;
    struct rt_value value;
    int rc;

    if (key->levels)
        return 0;
    if (values) {
        key->levels = rt_json_copy(values);
        return 0;
    }
    if ((rc = rt_plan_axis_init(&axis, key->axis, 0, err)) < 0)
        return rc;
    if (axis.count > ROWS_MAX) {
        rc = rt_err_set(err, RT_EUSAGE,
                        "it has more than %d levels; keys with conditions, and those that "
                        "conditions are on, have fewer",
                        ROWS_MAX);
    } else {
        key->levels = rt_json_new_array();
        for (uint64_t i = 0; i < axis.count; i++) {
            rt_plan_axis_get(&axis, i, &value);
            rt_json_append(key->levels, json_of(&value));
        }
    }
    rt_plan_axis_clear(&axis);
    return rc;
}

static size_t find_key(const struct keys *keys, const char *name)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (strcmp(name_of(&keys->items[i]), name) == 0)
            return i;
    }
    return FIXED;
}

static int not_there(const struct keys *keys, const char *name, struct rt_err *err)
{
    const char **known = rt_calloc(keys->count + 1, sizeof *known);
    char clip[RT_UTF8_CLIP];
    const char *nearest;

    for (size_t i = 0; i < keys->count; i++)
        known[i] = name_of(&keys->items[i]);
    nearest = rt_suggest(name, known);
    rt_utf8_clip(name, clip);
    if (nearest)
        rt_err_set(err, RT_EUSAGE, "there is no parameter \"%s\"; did you mean \"%s\"?", clip,
                   nearest);
    else
        rt_err_set(err, RT_EUSAGE,
                   "there is no parameter \"%s\"; a condition is on a parameter that is swept or "
                   "fixed",
                   clip);
    free(known);
    return RT_EUSAGE;
}

/* A condition that no level passes is a slip of the pen. */
static int check_test(struct key *on, const struct test *test, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];
    int rc = list_levels(on, err);

    if (rc < 0)
        return rt_err_while(err, "\"%s\"", rt_utf8_clip(name_of(on), clip));
    for (size_t i = 0; i < rt_json_count(on->levels); i++) {
        if (rt_condition_holds(&test->condition, rt_json_at(on->levels, i)))
            return 0;
    }
    return rt_err_set(err, RT_EUSAGE, "no level of \"%s\" meets its condition",
                      rt_utf8_clip(name_of(on), clip));
}

static int bind_test(const struct keys *keys, struct test *test, struct rt_err *err)
{
    const char *name = test->condition.key;
    char clip[RT_UTF8_CLIP];
    const struct rt_json *value;

    rt_utf8_clip(name, clip);
    test->axis = find_key(keys, name);
    if (test->axis == FIXED) {
        if (!(value = param_of(keys->params, name)))
            return not_there(keys, name, err);
        test->holds = rt_condition_holds(&test->condition, value);
        return 0;
    }
    if (rt_json_get(keys->items[test->axis].axis, "zip"))
        return rt_err_set(err, RT_EUSAGE,
                          "its condition is on \"%s\", which is listed, drawn or zipped; "
                          "conditions are on keys that are swept on their own",
                          clip);
    return check_test(&keys->items[test->axis], test, err);
}

static size_t root_of(const struct keys *keys, size_t at)
{
    while (keys->items[at].first != at)
        at = keys->items[at].first;
    return at;
}

/* The first of two groups takes over the other. */
static void unite(struct keys *keys, size_t a, size_t b)
{
    a = root_of(keys, a);
    b = root_of(keys, b);
    keys->items[a > b ? a : b].first = a > b ? b : a;
}

static int read_tests(struct keys *keys, size_t at, struct rt_err *err)
{
    struct key *key = &keys->items[at];
    const struct rt_json *when = rt_json_get(key->axis, "when");
    int rc = 0;

    key->tests = rt_calloc(rt_json_count(when), sizeof *key->tests);
    for (size_t i = 0; rc == 0 && i < rt_json_count(when); i++) {
        struct test *test = &key->tests[key->test_count++];

        if ((rc = rt_condition_parse(rt_json_string(rt_json_at(when, i)), &test->condition, err)) ==
                0 &&
            (rc = bind_test(keys, test, err)) == 0 && test->axis != FIXED)
            unite(keys, at, test->axis);
    }
    return rc;
}

static bool is_there(const struct keys *keys, const struct key *key)
{
    for (size_t i = 0; i < key->test_count; i++) {
        const struct test *test = &key->tests[i];

        if (test->axis == FIXED
                ? !test->holds
                : !rt_condition_holds(&test->condition, keys->items[test->axis].now))
            return false;
    }
    return true;
}

/* One group while its combinations are made. */
struct group {
    struct keys *keys;
    size_t members[KEYS_MAX];
    size_t count;
    int64_t rows;
};

static int add_row(struct group *group, struct rt_err *err)
{
    if (group->rows == ROWS_MAX)
        return rt_err_set(err, RT_EUSAGE,
                          "it and the keys it depends on have more than %d combinations; give them "
                          "fewer levels",
                          ROWS_MAX);
    for (size_t i = 0; i < group->count; i++) {
        struct key *key = &group->keys->items[group->members[i]];
        const struct rt_json *value = key->now ? key->now : key->fallback;

        rt_json_append(key->rows, value ? rt_json_keep((struct rt_json *)value)
                                        : rt_json_keep(rt_json_at(key->levels, 0)));
        if (!value)
            rt_json_append(key->absent, rt_json_new_int(group->rows));
    }
    group->rows++;
    return 0;
}

/* The combinations of the members from `at`, given those before; KEYS_MAX bounds the depth. */
static int add_rows(struct group *group, size_t at, struct rt_err *err)
{
    struct key *key;
    int rc = 0;

    if (at == group->count)
        return add_row(group, err);
    key = &group->keys->items[group->members[at]];
    key->now = NULL;
    if (!is_there(group->keys, key))
        return add_rows(group, at + 1, err);
    for (size_t i = 0; rc == 0 && i < rt_json_count(key->levels); i++) {
        key->now = rt_json_at(key->levels, i);
        rc = add_rows(group, at + 1, err);
    }
    key->now = NULL;
    return rc;
}

/* The axis of a key whose combinations are made. */
static struct rt_json *listed_axis(const struct key *key, int64_t zip)
{
    const struct rt_json *when = rt_json_get(key->axis, "when");
    struct rt_json *axis = rt_json_new_object();
    struct rt_json *source = rt_json_copy(key->axis);

    rt_json_remove(source, "key");
    rt_json_remove(source, "when");
    rt_json_set_text(axis, "key", name_of(key));
    rt_json_set(axis, "values", rt_json_keep(key->rows));
    if (rt_json_count(key->absent))
        rt_json_set(axis, "absent", rt_json_keep(key->absent));
    rt_json_set_int(axis, "zip", zip);
    rt_json_set(axis, "source", source);
    if (when)
        rt_json_set(axis, "when", rt_json_copy(when));
    return axis;
}

static bool can_be_placed(const struct keys *keys, const struct key *key)
{
    for (size_t i = 0; i < key->test_count; i++) {
        size_t axis = key->tests[i].axis;

        if (axis != FIXED && !keys->items[axis].placed)
            return false;
    }
    return !key->placed;
}

/* Puts each member behind those that it depends on; else as the study has them. */
static int order_members(struct group *group, struct rt_err *err)
{
    size_t ordered[KEYS_MAX];

    for (size_t count = 0; count < group->count; count++) {
        size_t i = 0;

        while (i < group->count &&
               !can_be_placed(group->keys, &group->keys->items[group->members[i]]))
            i++;
        if (i == group->count)
            return rt_err_set(err, RT_EUSAGE, "its condition is, by others, on itself");
        ordered[count] = group->members[i];
        group->keys->items[ordered[count]].placed = true;
    }
    memcpy(group->members, ordered, sizeof ordered[0] * group->count);
    return 0;
}

static int find_members(struct group *group, size_t first, struct rt_err *err)
{
    struct keys *keys = group->keys;
    int rc = 0;

    for (size_t i = first; rc == 0 && i < keys->count; i++) {
        struct key *key = &keys->items[i];

        if (root_of(keys, i) != first)
            continue;
        if (group->count == KEYS_MAX)
            return rt_err_set(err, RT_EUSAGE, "more than %d keys depend on one another", KEYS_MAX);
        group->members[group->count++] = i;
        key->rows = rt_json_new_array();
        key->absent = rt_json_new_array();
        key->fallback = param_of(keys->params, name_of(key));
        rc = list_levels(key, err);
    }
    return rc;
}

/* Adds the axes of all keys that depend on one another, of which this is the first. */
static int add_group(struct keys *keys, size_t first, struct rt_json *axes, struct rt_err *err)
{
    struct group group = {.keys = keys};
    int64_t zip = FIRST_ZIP + (int64_t)(first % 90000);
    int rc = find_members(&group, first, err);

    if (rc == 0 && (rc = order_members(&group, err)) == 0)
        rc = add_rows(&group, 0, err);
    for (size_t i = 0; rc == 0 && i < group.count; i++)
        rt_json_append(axes, listed_axis(&keys->items[group.members[i]], zip));
    return rc;
}

static bool is_alone(const struct keys *keys, size_t at)
{
    for (size_t i = at + 1; i < keys->count; i++) {
        if (root_of(keys, i) == at)
            return false;
    }
    return true;
}

static int add_axes(struct keys *keys, struct rt_json *axes, const struct key **culprit,
                    struct rt_err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < keys->count; i++) {
        struct key *key = &keys->items[i];

        *culprit = key;
        if (root_of(keys, i) != i)
            continue;
        if (!is_there(keys, key) || !is_alone(keys, i))
            rc = add_group(keys, i, axes, err);
        else
            rt_json_append(axes, rt_json_copy(key->axis));
    }
    return rc;
}

static void keys_clear(struct keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        struct key *key = &keys->items[i];

        for (size_t k = 0; k < key->test_count; k++)
            rt_condition_clear(&key->tests[k].condition);
        free(key->tests);
        rt_json_free(key->levels);
        rt_json_free(key->rows);
        rt_json_free(key->absent);
    }
    free(keys->items);
}

static bool has_conditions(const struct rt_json *axes)
{
    for (size_t i = 0; i < rt_json_count(axes); i++) {
        if (rt_json_get(rt_json_at(axes, i), "when"))
            return true;
    }
    return false;
}

int rt_study_expand(struct rt_json *plan, char **culprit, struct rt_err *err)
{
    struct rt_json *old = rt_json_get(plan, "axes");
    struct keys keys = {.count = rt_json_count(old), .params = rt_json_get(plan, "params")};
    struct rt_json *axes;
    const struct key *at = NULL;
    char clip[RT_UTF8_CLIP];
    int rc = 0;

    if (!has_conditions(old))
        return 0;
    if (keys.count > SWEEP_MAX)
        return rt_err_set(err, RT_EUSAGE, "a sweep with conditions has %d keys at most", SWEEP_MAX);
    axes = rt_json_new_array();
    keys.items = rt_calloc(keys.count, sizeof *keys.items);
    for (size_t i = 0; i < keys.count; i++)
        keys.items[i] = (struct key){.axis = rt_json_at(old, i), .first = i};
    for (size_t i = 0; rc == 0 && i < keys.count; i++) {
        at = &keys.items[i];
        rc = read_tests(&keys, i, err);
    }
    if (rc == 0)
        rc = add_axes(&keys, axes, &at, err);
    if (rc < 0) {
        rt_err_while(err, "\"%s\"", rt_utf8_clip(name_of(at), clip));
        if (culprit)
            *culprit = rt_strdup(name_of(at));
        rt_json_free(axes);
    }
    keys_clear(&keys);
    if (rc == 0)
        rt_json_set(plan, "axes", axes);
    else if (err)
        err->code = RT_EUSAGE;
    return rc < 0 ? RT_EUSAGE : 0;
}

struct rt_json *rt_study_collapse(const struct rt_json *axes)
{
    struct rt_json *sources = rt_json_new_array();

    for (size_t i = 0; i < rt_json_count(axes); i++) {
        const struct rt_json *axis = rt_json_at(axes, i);
        const struct rt_json *source = rt_json_get(axis, "source");
        struct rt_json *copy = rt_json_copy(source ? source : axis);

        if (source)
            rt_json_set_text(copy, "key", rt_json_get_text(axis, "key", ""));
        if (source && rt_json_get(axis, "when"))
            rt_json_set(copy, "when", rt_json_copy(rt_json_get(axis, "when")));
        rt_json_append(sources, copy);
    }
    return sources;
}
