/* "space": what a driver may propose. */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/decimal.h"
#include "base/utf8.h"
#include "engine/condition.h"
#include "engine/scalar.h"

#include <stdlib.h>

static const char expected[] =
    "what a driver may propose: uniform(0, 1), loguniform(1e-5, 1e-1), \"int(16, 512)\", a list of "
    "choices, or a mapping such as {int: [16, 512], when: layers >= 3}";

/* A bound as it is handed over: of reals with a point. */
static struct rt_json *bound(const char *text, bool integer)
{
    struct rt_decimal value;
    int64_t whole = 0;

    if (rt_scalar_decimal(text, &value, NULL) < 0)
        return rt_json_new_real(0);
    if (integer && rt_decimal_to_int(value, &whole))
        return rt_json_new_int(whole);
    return rt_json_new_real(rt_decimal_real(value));
}

/* An axis {"sample": name, ..} becomes {name: [..]}. */
static struct rt_json *long_form(const struct rt_json *axis)
{
    const char *name = rt_json_get_text(axis, "sample", "");
    struct rt_json *form = rt_json_new_object();
    struct rt_json *list = rt_json_new_array();
    bool integer = strcmp(name, "int") == 0;

    if (strcmp(name, "choice") == 0) {
        rt_json_free(list);
        list = rt_json_copy(rt_json_get(axis, "values"));
    } else {
        rt_json_append(list, bound(rt_json_get_text(axis, "from", "0"), integer));
        rt_json_append(list, bound(rt_json_get_text(axis, "to", "0"), integer));
    }
    rt_json_set(form, name, list);
    return form;
}

static int add_condition(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_json *list, struct rt_err *err)
{
    struct rt_condition condition = {0};
    int rc = rt_study_expect(reader, node, RT_JSON_STRING, "a condition such as layers >= 3", err);

    if (rc < 0)
        return rc;
    if (rt_condition_parse(node->text, &condition, err) < 0)
        rc = rt_yaml_error_at(reader->yaml, node->offset, err);
    else
        rt_json_append(list, rt_json_new_string(node->text));
    rt_condition_clear(&condition);
    return rc;
}

static int read_when(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_json *form, struct rt_err *err)
{
    struct rt_json *list = rt_json_new_array();
    int rc = 0;

    if (node->kind != RT_JSON_ARRAY)
        rc = add_condition(reader, node, list, err);
    for (size_t i = 0; rc == 0 && node->kind == RT_JSON_ARRAY && i < node->count; i++)
        rc = add_condition(reader, &node->items[i], list, err);
    rt_json_set(form, "when", list);
    return rc;
}

static int read_step(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_json *form, struct rt_err *err)
{
    bool integer = rt_json_get(form, "int") != NULL;

    if (rt_json_get(form, "choice") || rt_json_get(form, "loguniform"))
        return rt_yaml_error(reader->yaml, node->key_offset, err,
                             "\"step\" is for uniform and int: what is drawn here has no steps");
    if ((node->kind != RT_JSON_INT && (integer || node->kind != RT_JSON_REAL)) ||
        rt_json_number(node->value) <= 0)
        return rt_study_mismatch(reader, node, integer ? "an integer above 0" : "a number above 0",
                                 err);
    rt_json_set(form, "step", rt_json_keep(node->value));
    return 0;
}

static int read_log(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                    struct rt_json *form, struct rt_err *err)
{
    const struct rt_json *bounds = rt_json_get(form, "int");
    int rc = rt_study_expect(reader, node, RT_JSON_BOOL, "true or false", err);

    if (rc < 0 || !rt_json_bool(node->value))
        return rc;
    if (!bounds)
        return rt_yaml_error(reader->yaml, node->key_offset, err,
                             "\"log\" is for int; write loguniform for real numbers");
    if (rt_json_int(rt_json_at(bounds, 0)) < 1)
        return rt_yaml_error(reader->yaml, node->key_offset, err,
                             "\"log\" needs a lower bound of 1 or more");
    rt_json_set(form, "log", rt_json_new_bool(true));
    return 0;
}

/* What stands beside the distribution in a mapping. */
static int read_extras(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_json *form, struct rt_err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < node->count; i++) {
        const struct rt_yaml_node *item = &node->items[i];
        char clip[RT_UTF8_CLIP];

        if (strcmp(item->key, "when") == 0)
            rc = read_when(reader, item, form, err);
        else if (strcmp(item->key, "step") == 0)
            rc = read_step(reader, item, form, err);
        else if (strcmp(item->key, "log") == 0)
            rc = read_log(reader, item, form, err);
        else if (!rt_json_get(form, item->key))
            rc = rt_yaml_error(reader->yaml, item->key_offset, err,
                               "unknown key \"%s\"; the keys here are uniform, loguniform, int, "
                               "choice, and beside one of them when, step, log",
                               rt_utf8_clip(item->key, clip));
    }
    return rc;
}

static int read_mapping(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_json **form, struct rt_err *err)
{
    const struct rt_yaml_node *kind = NULL;
    struct rt_json *axis;
    int rc;

    for (size_t i = 0; i < node->count; i++) {
        if (!rt_study_is_distribution(node->items[i].key))
            continue;
        if (kind)
            return rt_yaml_error(reader->yaml, node->items[i].key_offset, err,
                                 "a parameter has one distribution, and there is \"%s\" already",
                                 kind->key);
        kind = &node->items[i];
    }
    if (!kind)
        return rt_study_mismatch(reader, node, expected, err);
    if ((rc = rt_study_read_arguments(reader, kind->key, kind, &axis, err)) < 0)
        return rc;
    *form = long_form(axis);
    rt_json_free(axis);
    return read_extras(reader, node, *form, err);
}

static int read_item(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_json **form, struct rt_err *err)
{
    struct rt_json *axis = NULL;
    int rc;

    if (node->kind == RT_JSON_OBJECT)
        return read_mapping(reader, node, form, err);
    if (node->kind == RT_JSON_ARRAY) {
        if ((rc = rt_study_read_arguments(reader, "choice", node, &axis, err)) < 0)
            return rc;
    } else if (node->kind != RT_JSON_STRING) {
        return rt_study_mismatch(reader, node, expected, err);
    } else if (rt_study_read_call(node->text, &axis, err) < 0) {
        return rt_yaml_error_at(reader->yaml, node->offset, err);
    }
    *form = long_form(axis);
    rt_json_free(axis);
    return 0;
}

int rt_study_read_space(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err)
{
    struct rt_json *space;
    int rc;

    if (node->kind == RT_JSON_STRING)
        return rt_study_read_space_file(reader, node, err);
    space = rt_json_new_object();
    rc = rt_study_expect(reader, node, RT_JSON_OBJECT,
                         "a mapping such as {lr: \"loguniform(1e-5, 1e-1)\"}, or a file", err);
    rt_json_set(reader->plan, "space", space);
    for (size_t i = 0; rc == 0 && i < node->count; i++) {
        const struct rt_yaml_node *item = &node->items[i];
        struct rt_json *form = NULL;

        if (rt_study_check_path(item->key, err) < 0)
            return rt_yaml_error_at(reader->yaml, item->key_offset, err);
        rc = read_item(reader, item, &form, err);
        if (form)
            rt_json_set(space, item->key, form);
    }
    return rc;
}

/* The key that one of a list of conditions is on, and that neither the space nor params have;
 * yours. */
static char *unknown_in(const struct rt_json *plan, const struct rt_json *when)
{
    char *found = NULL;

    for (size_t i = 0; i < rt_json_count(when) && !found; i++) {
        struct rt_condition condition = {0};

        if (rt_condition_parse(rt_json_string(rt_json_at(when, i)), &condition, NULL) == 0 &&
            !rt_json_get(rt_json_get(plan, "space"), condition.key) &&
            !rt_json_get(rt_json_get(plan, "params"), condition.key))
            found = rt_strdup(condition.key);
        rt_condition_clear(&condition);
    }
    return found;
}

int rt_study_check_space(const struct rt_study_reader *reader, struct rt_err *err)
{
    const struct rt_yaml_node *space = rt_yaml_get(rt_yaml_root(reader->yaml), "space");

    for (size_t i = 0; space && i < space->count; i++) {
        const struct rt_yaml_node *when = rt_yaml_get(&space->items[i], "when");
        const struct rt_json *form =
            rt_json_get(rt_json_get(reader->plan, "space"), space->items[i].key);
        char *key = when ? unknown_in(reader->plan, rt_json_get(form, "when")) : NULL;
        char clip[RT_UTF8_CLIP];
        int rc = 0;

        if (key)
            rc = rt_yaml_error(reader->yaml, when->offset, err,
                               "the condition is on \"%s\", which is neither in \"space\" nor in "
                               "\"params\"",
                               rt_utf8_clip(key, clip));
        free(key);
        if (rc < 0)
            return rc;
    }
    return 0;
}
