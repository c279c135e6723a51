/* "space: FILE", and the JSON of CANDLE's genetic algorithm: a list of {"name", "type", ...}. */
#include "engine/study_space_file.h"

#include "base/alloc.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "engine/study_own.h"

#include <stdlib.h>

static const char *const types[] = {"int",     "float",    "categorical", "ordered",
                                    "logical", "constant", NULL};
static const char *const members[] = {"name",   "type",         "lower", "upper",   "sigma",
                                      "values", "element_type", "value", "comment", NULL};

static int refuse_unknown(const struct rt_yaml *yaml, size_t offset, const char *what,
                          const char *name, const char *const *known, struct rt_err *err)
{
    struct rt_buf list = RT_BUF_INIT;
    const char *near = rt_suggest(name, known);
    char clip[RT_UTF8_CLIP];
    int rc;

    for (size_t i = 0; known[i]; i++)
        rt_buf_printf(&list, "%s%s", i ? ", " : "", known[i]);
    rt_utf8_clip(name, clip);
    rc = near ? rt_yaml_error(yaml, offset, err, "unknown %s \"%s\"; did you mean \"%s\"?", what,
                              clip, near)
              : rt_yaml_error(yaml, offset, err, "unknown %s \"%s\"; there are %s", what, clip,
                              rt_buf_text(&list));
    rt_buf_clear(&list);
    return rc;
}

static int need(const struct rt_yaml *yaml, const struct rt_yaml_node *item, const char *key,
                const struct rt_yaml_node **out, struct rt_err *err)
{
    *out = rt_yaml_get(item, key);
    return *out ? 0 : rt_yaml_error(yaml, item->offset, err, "the parameter has no \"%s\"", key);
}

static int read_bounds(const struct rt_yaml *yaml, const struct rt_yaml_node *item, bool integer,
                       struct rt_json *form, struct rt_err *err)
{
    static const char *const keys[] = {"lower", "upper"};
    struct rt_json *bounds = rt_json_new_array();
    const struct rt_yaml_node *node = NULL;

    rt_json_set(form, integer ? "int" : "uniform", bounds);
    for (int i = 0; i < 2; i++) {
        if (need(yaml, item, keys[i], &node, err) < 0)
            return RT_EUSAGE;
        if (node->kind != RT_JSON_INT && (integer || node->kind != RT_JSON_REAL))
            return rt_yaml_error(yaml, node->offset, err, "expected %s, found %s",
                                 integer ? "an integer" : "a number",
                                 rt_json_kind_name(node->kind));
        rt_json_append(bounds, integer ? rt_json_keep(node->value)
                                       : rt_json_new_real(rt_json_number(node->value)));
    }
    if (rt_json_number(rt_json_at(bounds, 0)) > rt_json_number(rt_json_at(bounds, 1)))
        return rt_yaml_error(yaml, node->offset, err, "\"upper\" is below \"lower\"");
    rt_study_space_settle(form);
    return 0;
}

static int read_values(const struct rt_yaml *yaml, const struct rt_yaml_node *item,
                       struct rt_json *form, struct rt_err *err)
{
    const struct rt_yaml_node *type = rt_yaml_get(item, "element_type");
    const struct rt_yaml_node *node;
    struct rt_json *values = rt_json_new_array();
    bool real = type && type->text && strcmp(type->text, "float") == 0;

    rt_json_set(form, "choice", values);
    if (need(yaml, item, "values", &node, err) < 0)
        return RT_EUSAGE;
    if (node->kind != RT_JSON_ARRAY || node->count == 0)
        return rt_yaml_error(yaml, node->offset, err, "expected a list of values");
    for (size_t i = 0; i < node->count; i++) {
        const struct rt_yaml_node *value = &node->items[i];

        rt_json_append(values, real && value->kind == RT_JSON_INT
                                   ? rt_json_new_real(rt_json_number(value->value))
                                   : rt_yaml_json(value));
    }
    return 0;
}

static int read_kind(const struct rt_yaml *yaml, const struct rt_yaml_node *item, const char *type,
                     struct rt_json *form, struct rt_err *err)
{
    struct rt_json *choice;
    const struct rt_yaml_node *value;

    if (strcmp(type, "int") == 0 || strcmp(type, "float") == 0)
        return read_bounds(yaml, item, type[0] == 'i', form, err);
    if (strcmp(type, "categorical") == 0 || strcmp(type, "ordered") == 0)
        return read_values(yaml, item, form, err);
    choice = rt_json_new_array();
    rt_json_set(form, "choice", choice);
    if (strcmp(type, "logical") == 0) {
        rt_json_append(choice, rt_json_new_bool(false));
        rt_json_append(choice, rt_json_new_bool(true));
        return 0;
    }
    if (need(yaml, item, "value", &value, err) < 0)
        return RT_EUSAGE;
    rt_json_append(choice, rt_yaml_json(value));
    return 0;
}

static bool is_known(const char *name, const char *const *known)
{
    while (*known && strcmp(*known, name) != 0)
        known++;
    return *known != NULL;
}

static int read_item(const struct rt_yaml *yaml, const struct rt_yaml_node *item,
                     struct rt_json *space, struct rt_err *err)
{
    const struct rt_yaml_node *name = NULL;
    const struct rt_yaml_node *type = NULL;
    struct rt_json *form;

    if (item->kind != RT_JSON_OBJECT)
        return rt_yaml_error(yaml, item->offset, err,
                             "expected a parameter, such as {\"name\": \"lr\", \"type\": "
                             "\"float\", \"lower\": 0, \"upper\": 0.1}");
    for (size_t i = 0; i < item->count; i++) {
        const struct rt_yaml_node *member = &item->items[i];

        if (!is_known(member->key, members))
            return refuse_unknown(yaml, member->key_offset, "key", member->key, members, err);
    }
    if (need(yaml, item, "name", &name, err) < 0 || need(yaml, item, "type", &type, err) < 0)
        return RT_EUSAGE;
    if (name->kind != RT_JSON_STRING || type->kind != RT_JSON_STRING)
        return rt_yaml_error(yaml, item->offset, err, "\"name\" and \"type\" are texts");
    if (!is_known(type->text, types))
        return refuse_unknown(yaml, type->offset, "type", type->text, types, err);
    if (rt_json_get(space, name->text))
        return rt_yaml_error(yaml, name->offset, err, "the parameter is there twice");
    form = rt_json_new_object();
    rt_json_set(space, name->text, form);
    return read_kind(yaml, item, type->text, form, err);
}

static int of_json(const char *path, const char *text, struct rt_json **out, struct rt_err *err)
{
    struct rt_json *space = rt_json_new_object();
    struct rt_yaml *yaml = NULL;
    const struct rt_yaml_node *root;
    int rc = rt_yaml_parse(rt_span_text(text), path, true, &yaml, err);

    if (rc == 0) {
        root = rt_yaml_root(yaml);
        if (root->kind != RT_JSON_ARRAY || root->count == 0)
            rc = rt_yaml_error(yaml, root->offset, err, "expected a list of parameters");
        for (size_t i = 0; rc == 0 && i < root->count; i++)
            rc = read_item(yaml, &root->items[i], space, err);
    }
    rt_yaml_free(yaml);
    if (rc == 0)
        *out = space;
    else
        rt_json_free(space);
    return rc;
}

void rt_study_space_settle(struct rt_json *form)
{
    struct rt_json *bounds = rt_json_iter_value(rt_json_first(form));
    struct rt_json *choice;

    if (rt_json_number(rt_json_at(bounds, 0)) != rt_json_number(rt_json_at(bounds, 1)))
        return;
    choice = rt_json_new_array();
    rt_json_append(choice, rt_json_keep(rt_json_at(bounds, 0)));
    rt_json_remove(form, rt_json_iter_key(rt_json_first(form)));
    rt_json_set(form, "choice", choice);
}

int rt_study_space_of_file(const char *path, const char *text, struct rt_json **space,
                           struct rt_err *err)
{
    size_t size = strlen(path);

    *space = NULL;
    if (size > 5 && strcmp(path + size - 5, ".json") == 0)
        return of_json(path, text, space, err);
    return rt_study_space_of_r(path, text, space, err);
}

int rt_study_read_space_file(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                             struct rt_err *err)
{
    char *path = rt_study_resolve(reader, node);
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *space = NULL;
    int rc;

    if (!reader->on_disk)
        rc = rt_yaml_error(reader->yaml, node->offset, err,
                           "a space in a file can only be read by a study in a file");
    else if (rt_study_read_other(reader->file, path, &text, err) < 0)
        rc = rt_yaml_error_at(reader->yaml, node->offset, err);
    else if (strlen(rt_buf_text(&text)) != text.size)
        rc = rt_err_set(err, RT_EUSAGE, "%s: the file contains zero bytes", path);
    else
        rc = rt_study_space_of_file(path, rt_buf_text(&text), &space, err);
    for (void *i = space ? rt_json_first(space) : NULL; i && rc == 0; i = rt_json_next(space, i)) {
        if (rt_study_check_path(rt_json_iter_key(i), err) < 0)
            rc = rt_err_while(err, "%s", path);
    }
    if (rc == 0)
        rt_json_set(reader->plan, "space", space);
    else
        rt_json_free(space);
    rt_buf_clear(&text);
    free(path);
    return rc;
}
