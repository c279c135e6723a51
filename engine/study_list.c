/* "list": the params of each run, written out, or in a file with one JSON object a line (UPF). */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/utf8.h"
#include "engine/path.h"

#include <assert.h>
#include <stdlib.h>

/* What is listed, and where to complain about each item. */
struct list {
    const struct rt_study_reader *reader;
    const struct rt_yaml_node *node;
    struct rt_json *items; /* objects */
    char *path;            /* of the file that has them; NULL: they are items of node */
    size_t *lines;         /* of each item in that file */
    size_t capacity;
};

/* Puts the place of an item before the text of an error. */
static int at(const struct list *list, size_t item, struct rt_err *err)
{
    if (!list->path)
        return rt_yaml_error_at(list->reader->yaml, list->node->items[item].offset, err);
    assert(list->lines);
    return rt_err_while(err, "%s:%zu", list->path, list->lines[item]);
}

/* Below an item's own keys, which may have dots, names are as anywhere in params. */
static int check_names(const struct rt_json *value, bool top, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];
    int rc = 0;

    for (size_t i = 0; rc == 0 && rt_json_kind(value) == RT_JSON_ARRAY && i < rt_json_count(value);
         i++)
        rc = check_names(rt_json_at(value, i), false, err);
    if (rt_json_kind(value) != RT_JSON_OBJECT)
        return rc;
    for (void *i = rt_json_first(value); i && rc == 0; i = rt_json_next(value, i)) {
        const char *key = rt_json_iter_key(i);

        rc = top ? rt_study_check_path(key, err) : rt_study_check_key(key, err);
        if (rc == 0 && !top && strchr(key, '.'))
            rc = rt_err_set(err, RT_EUSAGE,
                            "the name \"%s\" has a dot; write a mapping inside a mapping",
                            rt_utf8_clip(key, clip));
        if (rc == 0)
            rc = check_names(rt_json_iter_value(i), false, err);
    }
    return rc;
}

static int add_item(struct list *list, struct rt_json *item, struct rt_err *err)
{
    size_t number = rt_json_count(list->items);

    rt_json_append(list->items, item);
    if (rt_json_kind(item) != RT_JSON_OBJECT)
        rt_err_set(err, RT_EUSAGE, "expected the params of a run such as {\"lr\": 0.1}, found %s",
                   rt_json_kind_name(rt_json_kind(item)));
    else if (check_names(item, true, err) == 0)
        return 0;
    return at(list, number, err);
}

static int read_inline(struct list *list, struct rt_err *err)
{
    int rc = 0;

    if (list->node->count == 0)
        return rt_yaml_error(list->reader->yaml, list->node->offset, err,
                             "the list is empty; give at least one item, or remove the key");
    for (size_t i = 0; rc == 0 && i < list->node->count; i++)
        rc = add_item(list, rt_yaml_json(&list->node->items[i]), err);
    return rc;
}

/* Where a comment starts, or the end: a # inside a string is none. */
static size_t end_of_content(const char *line, size_t size)
{
    bool quoted = false;

    for (size_t i = 0; i < size; i++) {
        if (quoted && line[i] == '\\')
            i++;
        else if (line[i] == '"')
            quoted = !quoted;
        else if (line[i] == '#' && !quoted)
            return i;
    }
    return size;
}

static int read_line(struct list *list, const char *line, size_t size, size_t number,
                     struct rt_err *err)
{
    size_t count = rt_json_count(list->items);
    struct rt_json *item;

    size = end_of_content(line, size);
    while (size && strchr(" \t\r", line[size - 1]))
        size--;
    if (!size)
        return 0;
    list->lines = rt_grow(list->lines, &list->capacity, count + 1, sizeof *list->lines);
    list->lines[count] = number;
    if (rt_json_parse(rt_span(line, size), &item, err) < 0) {
        static const char of_line[] = "line 1, "; /* the file's own number is told */

        if (err && strncmp(err->text, of_line, strlen(of_line)) == 0)
            memmove(err->text, err->text + strlen(of_line),
                    strlen(err->text) + 1 - strlen(of_line));
        return at(list, count, err);
    }
    return add_item(list, item, err);
}

static int read_text(struct list *list, const char *text, struct rt_err *err)
{
    size_t number = 1;
    int rc = 0;

    for (; rc == 0 && *text; number++) {
        size_t size = strcspn(text, "\n");

        rc = read_line(list, text, size, number, err);
        text += size + (text[size] == '\n');
    }
    if (rc == 0 && rt_json_count(list->items) == 0)
        return rt_err_set(err, RT_EUSAGE,
                          "%s: the file lists nothing; write one JSON object a line", list->path);
    return rc;
}

static int read_file(struct list *list, struct rt_err *err)
{
    const struct rt_study_reader *reader = list->reader;
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    if (!reader->on_disk)
        return rt_yaml_error(reader->yaml, list->node->offset, err,
                             "a list in a file can only be read by a study in a file");
    list->path = rt_study_resolve(reader, list->node);
    if (rt_study_read_other(reader->file, list->path, &text, err) < 0)
        rc = rt_yaml_error_at(reader->yaml, list->node->offset, err);
    else if (strlen(rt_buf_text(&text)) != text.size)
        rc = rt_err_set(err, RT_EUSAGE, "%s: the file contains zero bytes", list->path);
    else
        rc = read_text(list, rt_buf_text(&text), err);
    rt_buf_clear(&text);
    return rc;
}

struct seen {
    char *text;
    size_t item;
};

static int by_text(const void *a, const void *b)
{
    const struct seen *left = a;
    const struct seen *right = b;
    int order = strcmp(left->text, right->text);

    return order ? order : left->item > right->item ? 1 : -1;
}

static int check_distinct(const struct list *list, struct rt_err *err)
{
    size_t count = rt_json_count(list->items);
    struct seen *seen = rt_calloc(count, sizeof *seen);
    char clip[RT_UTF8_CLIP];
    int rc = 0;

    for (size_t i = 0; i < count; i++)
        seen[i] = (struct seen){rt_json_text(rt_json_at(list->items, i)), i};
    qsort(seen, count, sizeof *seen, by_text);
    for (size_t i = 1; i < count && rc == 0; i++) {
        if (strcmp(seen[i - 1].text, seen[i].text) == 0) {
            rt_err_set(err, RT_EUSAGE, "%s is listed twice; to repeat trials, use \"replicates\"",
                       rt_utf8_clip(seen[i].text, clip));
            rc = at(list, seen[i].item, err);
        }
    }
    for (size_t i = 0; i < count; i++)
        free(seen[i].text);
    free(seen);
    return rc;
}

/* The fixed parameter that a dotted key names, or NULL. */
static struct rt_json *fixed(const struct rt_json *params, const char *key)
{
    struct rt_json *value = NULL;

    for (const char *dot; params && (dot = strchr(key, '.')) != NULL; key = dot + 1) {
        char *name = rt_strndup(key, (size_t)(dot - key));

        params = rt_json_get(params, name);
        free(name);
    }
    if (params)
        value = rt_json_get(params, key);
    return value;
}

/* An item without a key that others have takes the fixed parameter, if there is one. */
static void fill_in(const struct list *list, const struct rt_json *params)
{
    struct rt_json *shared = rt_json_new_object();

    for (size_t i = 0; i < rt_json_count(list->items); i++) {
        const struct rt_json *item = rt_json_at(list->items, i);

        for (void *m = rt_json_first(item); m; m = rt_json_next(item, m)) {
            struct rt_json *value = fixed(params, rt_json_iter_key(m));

            if (value && !rt_json_get(shared, rt_json_iter_key(m)))
                rt_json_set(shared, rt_json_iter_key(m), rt_json_keep(value));
        }
    }
    for (size_t i = 0; i < rt_json_count(list->items); i++) {
        struct rt_json *item = rt_json_at(list->items, i);

        for (void *m = rt_json_first(shared); m; m = rt_json_next(shared, m)) {
            if (!rt_json_get(item, rt_json_iter_key(m)))
                rt_json_set(item, rt_json_iter_key(m), rt_json_copy(rt_json_iter_value(m)));
        }
    }
    rt_json_free(shared);
}

/* Notes that the items from the end of the values up to `item` lack the key. */
static void pad(struct rt_json *axis, size_t item)
{
    struct rt_json *values = rt_json_get(axis, "values");

    for (size_t i = rt_json_count(values); i < item; i++) {
        if (!rt_json_get(axis, "absent"))
            rt_json_set(axis, "absent", rt_json_new_array());
        rt_json_append(rt_json_get(axis, "absent"), rt_json_new_int((int64_t)i));
        rt_json_append(values, rt_json_new_null());
    }
}

static void put_axes(struct rt_study_reader *reader, const struct rt_json *items)
{
    struct rt_json *axes = rt_json_get(reader->plan, "axes");
    struct rt_json *known = rt_json_new_object();
    size_t count = rt_json_count(items);

    for (size_t i = 0; i < count; i++) {
        const struct rt_json *item = rt_json_at(items, i);

        for (void *m = rt_json_first(item); m; m = rt_json_next(item, m)) {
            const char *key = rt_json_iter_key(m);
            struct rt_json *axis = rt_json_get(known, key);

            if (!axis) {
                axis = rt_json_new_object();
                rt_json_set_text(axis, "key", key);
                rt_json_set(axis, "values", rt_json_new_array());
                rt_json_set_int(axis, "zip", reader->groups);
                rt_json_append(axes, rt_json_keep(axis));
                rt_json_set(known, key, axis);
            }
            pad(axis, i);
            rt_json_append(rt_json_get(axis, "values"), rt_json_keep(rt_json_iter_value(m)));
        }
    }
    for (void *a = rt_json_first(known); a; a = rt_json_next(known, a))
        pad(rt_json_iter_value(a), count);
    reader->groups++;
    rt_json_free(known);
}

int rt_study_read_list(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    struct list list = {.reader = reader, .node = node, .items = rt_json_new_array()};
    int rc;

    if (node->kind == RT_JSON_ARRAY)
        rc = read_inline(&list, err);
    else if (node->kind == RT_JSON_STRING)
        rc = read_file(&list, err);
    else
        rc =
            rt_study_mismatch(reader, node, "a list of params such as [{lr: 0.1}], or a file", err);
    if (rc == 0) {
        fill_in(&list, rt_json_get(reader->plan, "params"));
        rc = check_distinct(&list, err);
    }
    if (rc == 0)
        put_axes(reader, list.items);
    rt_json_free(list.items);
    free(list.lines);
    free(list.path);
    return rc;
}
