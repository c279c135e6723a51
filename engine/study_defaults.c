/*
 * "defaults": a model's own file of default values, which params come on top of (CANDLE's
 * default_model.txt): sections in brackets, and lines `key = value`, values as Python writes them.
 * Of a key that is there twice the first counts, as in the program that the files are made for.
 */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "engine/scan.h"

#include <stdlib.h>

static int read_line(struct rt_scan *scan, struct rt_json *values, struct rt_err *err)
{
    size_t start = scan->at;
    char *key = rt_scan_name(scan);
    struct rt_json *value = NULL;
    int rc = 0;

    if (!key)
        rc = rt_scan_error(scan, start, err, "expected a line such as learning_rate = 0.001");
    else if (!rt_scan_take(scan, '=') && !rt_scan_take(scan, ':'))
        rc = rt_scan_error(scan, scan->at, err, "expected = and a value behind \"%.100s\"", key);
    else if (rt_study_check_key(key, err) < 0)
        rc = rt_err_while(err, "%s", scan->path);
    else
        rc = rt_scan_literal(scan, &value, err);
    while (rc == 0 && scan->text[scan->at] && strchr(" \t\r", scan->text[scan->at]))
        scan->at++;
    if (rc == 0 && scan->text[scan->at] && !strchr("\n#", scan->text[scan->at]))
        rc = rt_scan_error(scan, scan->at, err, "expected the end of the line behind the value");
    if (rc == 0 && !rt_json_get(values, key))
        rt_json_set(values, key, rt_json_keep(value));
    rt_json_free(value);
    free(key);
    return rc;
}

static int read_values(const char *path, const char *text, struct rt_json *values,
                       struct rt_err *err)
{
    struct rt_scan scan = {.path = path, .text = text};
    int rc = 0;

    while (rc == 0 && !rt_scan_end(&scan)) {
        if (text[scan.at] == '[' || text[scan.at] == ';') /* a section, another kind of comment */
            scan.at += strcspn(text + scan.at, "\n");
        else
            rc = read_line(&scan, values, err);
    }
    return rc;
}

/* Names that the file lacks and that may be given all the same. */
static int add_others(const struct rt_study_reader *reader, const struct rt_yaml_node *also,
                      struct rt_json *known, struct rt_err *err)
{
    int rc = also ? rt_study_expect(reader, also, RT_JSON_ARRAY,
                                    "a list of names such as [initial_weights]", err)
                  : 0;

    for (size_t i = 0; also && rc == 0 && i < also->count; i++) {
        rc = rt_study_expect(reader, &also->items[i], RT_JSON_STRING, "a name", err);
        if (rc == 0)
            rt_json_set(known, also->items[i].text, rt_json_new_null());
    }
    return rc;
}

static int refuse(const struct rt_study_reader *reader, const char *key, struct rt_err *err)
{
    const struct rt_json *known = reader->known;
    const char **names = rt_calloc(rt_json_count(known) + 1, sizeof *names);
    char clip[RT_UTF8_CLIP];
    const char *near;
    size_t count = 0;
    int rc;

    for (void *i = rt_json_first(known); i; i = rt_json_next(known, i))
        names[count++] = rt_json_iter_key(i);
    near = rt_suggest(key, names);
    rt_utf8_clip(key, clip);
    rc = near ? rt_yaml_error(reader->yaml, reader->defaults->offset, err,
                              "this file has no default of \"%s\", which the study gives; did you "
                              "mean \"%s\"?",
                              clip, near)
              : rt_yaml_error(reader->yaml, reader->defaults->offset, err,
                              "this file has no default of \"%s\", which the study gives; if the "
                              "model takes it, write {file: ..., also: [\"%s\"]}",
                              clip, clip);
    free(names);
    return rc;
}

/* A dotted key is known if its first name is. */
static bool is_known(const struct rt_json *known, const char *key)
{
    char *name = rt_strndup(key, strcspn(key, "."));
    bool found = rt_json_get(known, key) || rt_json_get(known, name);

    free(name);
    return found;
}

static const char *unknown_of(const struct rt_json *known, const struct rt_json *plan)
{
    const struct rt_json *axes = rt_json_get(plan, "axes");
    const struct rt_json *objects[] = {rt_json_get(plan, "params"), rt_json_get(plan, "space")};

    for (int n = 0; n < 2; n++) {
        for (void *i = rt_json_first(objects[n]); i; i = rt_json_next(objects[n], i)) {
            if (!is_known(known, rt_json_iter_key(i)))
                return rt_json_iter_key(i);
        }
    }
    for (size_t i = 0; i < rt_json_count(axes); i++) {
        const char *key = rt_json_get_text(rt_json_at(axes, i), "key", "");

        if (!is_known(known, key))
            return key;
    }
    return NULL;
}

static void put_below(struct rt_json *plan, const struct rt_json *values)
{
    const struct rt_json *params = rt_json_get(plan, "params");
    struct rt_json *all = rt_json_copy(values);

    for (void *i = rt_json_first(params); i; i = rt_json_next(params, i))
        rt_json_set(all, rt_json_iter_key(i), rt_json_keep(rt_json_iter_value(i)));
    rt_json_set(plan, "params", all);
}

static int read_file(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_json *values, struct rt_err *err)
{
    char *path = rt_study_resolve(reader, node);
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    if (!reader->on_disk)
        rc = rt_yaml_error(reader->yaml, node->offset, err,
                           "a file of defaults can only be read by a study in a file");
    else if (rt_study_read_other(reader->file, path, &text, err) < 0)
        rc = rt_yaml_error_at(reader->yaml, node->offset, err);
    else if (strlen(rt_buf_text(&text)) != text.size)
        rc = rt_err_set(err, RT_EUSAGE, "%s: the file contains zero bytes", path);
    else
        rc = read_values(path, rt_buf_text(&text), values, err);
    rt_buf_clear(&text);
    free(path);
    return rc;
}

int rt_study_read_defaults(struct rt_study_reader *reader, struct rt_err *err)
{
    static const char expected[] = "a file, or {file: default_model.txt, also: [initial_weights]}";
    const struct rt_yaml_node *node = reader->defaults;
    const struct rt_yaml_node *file;
    const struct rt_yaml_node *also;
    struct rt_json *values;
    int rc;

    if (!node)
        return 0;
    also = rt_yaml_get(node, "also");
    file = node->kind == RT_JSON_OBJECT ? rt_yaml_get(node, "file") : node;
    if (!file || file->kind != RT_JSON_STRING || (file != node && node->count != (also ? 2 : 1)))
        return rt_study_mismatch(reader, node, expected, err);
    values = rt_json_new_object();
    if ((rc = read_file(reader, file, values, err)) == 0) {
        reader->known = rt_json_copy(values);
        put_below(reader->plan, values);
        rc = add_others(reader, also, reader->known, err);
    }
    rt_json_free(values);
    return rc;
}

int rt_study_check_defaults(const struct rt_study_reader *reader, struct rt_err *err)
{
    const char *unknown = reader->known ? unknown_of(reader->known, reader->plan) : NULL;

    return unknown ? refuse(reader, unknown, err) : 0;
}
