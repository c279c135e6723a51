/* "sample": parameters whose values are drawn, `samples` times. */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/between.h"
#include "base/utf8.h"
#include "engine/scalar.h"
#include "store/plan.h"

#include <stdlib.h>

static const char expected[] =
    "a distribution: uniform(0, 1), loguniform(1e-5, 1e-1), int(16, 512) or "
    "choice(relu, tanh)";

bool rt_study_is_distribution(const char *name)
{
    return strcmp(name, "uniform") == 0 || strcmp(name, "loguniform") == 0 ||
           strcmp(name, "int") == 0 || strcmp(name, "choice") == 0;
}

static int read_bound(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                      const char *name, struct rt_decimal *out, struct rt_err *err)
{
    bool integer = strcmp(name, "int") == 0;

    if (integer && node->kind != RT_JSON_INT)
        return rt_study_mismatch(reader, node, "an integer", err);
    if (node->kind != RT_JSON_INT && node->kind != RT_JSON_REAL)
        return rt_study_mismatch(reader, node, "a number", err);
    if (rt_scalar_decimal(node->text, out, err) < 0)
        return rt_yaml_error_at(reader->yaml, node->offset, err);
    return 0;
}

static int read_bounds(const struct rt_study_reader *reader, const struct rt_yaml_node *list,
                       const char *name, struct rt_json *axis, struct rt_err *err)
{
    struct rt_decimal bounds[2] = {{0, 0}, {0, 0}};
    char text[2][RT_REAL_TEXT];
    int rc = 0;

    if (list->count != 2)
        return rt_yaml_error(reader->yaml, list->offset, err,
                             "%s has two bounds, such as %s(1, 10)", name, name);
    for (int i = 0; rc == 0 && i < 2; i++) {
        rc = read_bound(reader, &list->items[i], name, &bounds[i], err);
        if (rc == 0)
            rt_json_set_text(axis, i ? "to" : "from", rt_decimal_text(bounds[i], false, text[i]));
    }
    if (rc == 0 && strcmp(name, "loguniform") == 0 &&
        !rt_between_init(&(struct rt_between){.factors = true}, bounds[0], bounds[1], true))
        rc = rt_yaml_error(reader->yaml, list->offset, err,
                           "loguniform goes from %s to %s; both must be between 1e-250 and 1e250",
                           text[0], text[1]);
    if (rc == 0 &&
        !rt_between_init(&(struct rt_between){.factors = false}, bounds[0], bounds[1], false))
        rc = rt_yaml_error(reader->yaml, list->offset, err,
                           "%s goes from %s to %s, which is too far", name, text[0], text[1]);
    if (rc == 0 && rt_decimal_compare(bounds[0], bounds[1]) >= 0)
        rc = rt_yaml_error(reader->yaml, list->offset, err,
                           "%s goes from %s to %s; write the lower bound first", name, text[0],
                           text[1]);
    return rc;
}

int rt_study_read_arguments(const struct rt_study_reader *reader, const char *name,
                            const struct rt_yaml_node *list, struct rt_json **axis,
                            struct rt_err *err)
{
    int rc;

    *axis = NULL;
    if (list->kind != RT_JSON_ARRAY)
        return rt_study_mismatch(reader, list, "a list such as [1, 10]", err);
    if (strcmp(name, "choice") == 0) {
        rc = rt_study_list(reader, list, axis, err);
    } else {
        *axis = rt_json_new_object();
        rc = read_bounds(reader, list, name, *axis, err);
    }
    if (rc < 0) {
        rt_json_free(*axis);
        *axis = NULL;
        return rc;
    }
    rt_json_set_text(*axis, "sample", name);
    return 0;
}

int rt_study_read_call(const char *text, struct rt_json **axis, struct rt_err *err)
{
    size_t size = strlen(text);
    size_t open = strcspn(text, "(");
    char *name = rt_strndup(text, open);
    char *list = NULL;
    struct rt_study_reader reader = {.on_disk = false};
    struct rt_yaml *yaml = NULL;
    int rc;

    *axis = NULL;
    if (open == size || !rt_study_is_distribution(name)) {
        rc = rt_err_set(err, RT_EUSAGE, "expected %s", expected);
    } else if (text[size - 1] != ')') {
        rc =
            rt_err_set(err, RT_EUSAGE,
                       "\"%s\" has no closing bracket; inside of {} a comma ends a value: write it "
                       "in quotes, or on a line of its own",
                       text);
    } else {
        list = rt_printf("[%.*s]", (int)(size - open - 2), text + open + 1);
        if ((rc = rt_yaml_parse(rt_span_text(list), NULL, false, &yaml, err)) == 0) {
            reader.yaml = yaml;
            rc = rt_study_read_arguments(&reader, name, rt_yaml_root(yaml), axis, err);
        }
    }
    rt_yaml_free(yaml);
    free(list);
    free(name);
    return rc;
}

static int read_distribution(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                             struct rt_json **axis, struct rt_err *err)
{
    *axis = NULL;
    if (node->kind == RT_JSON_OBJECT && node->count == 1 &&
        rt_study_is_distribution(node->items[0].key))
        return rt_study_read_arguments(reader, node->items[0].key, &node->items[0], axis, err);
    if (node->kind != RT_JSON_STRING)
        return rt_study_mismatch(reader, node, expected, err);
    if (rt_study_read_call(node->text, axis, err) < 0)
        return rt_yaml_error_at(reader->yaml, node->offset, err);
    return 0;
}

static int read_count(const struct rt_study_reader *reader, int64_t *count, struct rt_err *err)
{
    if (!reader->sample)
        return rt_yaml_error(reader->yaml, reader->samples->key_offset, err,
                             "\"samples\" says how often to draw, and nothing is drawn; add "
                             "\"sample\", or write \"replicates\"");
    if (!reader->samples)
        return rt_yaml_error(reader->yaml, reader->sample->key_offset, err,
                             "add \"samples\", such as samples: 100: how often to draw");
    return rt_study_integer(reader, reader->samples, 1, RT_PLAN_POINTS_MAX, count, err);
}

int rt_study_read_sample(struct rt_study_reader *reader, struct rt_err *err)
{
    const struct rt_yaml_node *node = reader->sample;
    int64_t count;
    int rc;

    if (!node && !reader->samples)
        return 0;
    if ((rc = read_count(reader, &count, err)) < 0 ||
        (rc = rt_study_expect(reader, node, RT_JSON_OBJECT,
                              "a mapping such as {lr: \"loguniform(1e-5, 1e-1)\"}", err)) < 0)
        return rc;
    if (node->count == 0)
        return rt_study_mismatch(reader, node, "parameters and their distributions", err);
    for (size_t i = 0; i < node->count; i++) {
        const struct rt_yaml_node *item = &node->items[i];
        struct rt_json *axis;

        if (rt_study_check_path(item->key, err) < 0)
            return rt_yaml_error_at(reader->yaml, item->key_offset, err);
        if ((rc = read_distribution(reader, item, &axis, err)) < 0)
            return rc;
        rt_json_set_text(axis, "key", item->key);
        rt_json_set_int(axis, "count", count);
        rt_json_set_int(axis, "zip", reader->groups);
        rt_json_append(rt_json_get(reader->plan, "axes"), axis);
    }
    reader->groups++;
    return 0;
}
