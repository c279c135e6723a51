#include "cli/render.h"

#include "base/escape.h"

#include <string.h>

#define STEP 2 /* columns per level */

static void put_spaces(struct rt_buf *out, size_t count)
{
    if (count)
        memset(rt_buf_extend(out, count), ' ', count);
}

static bool is_object(const struct rt_json *json)
{
    return json && rt_json_kind(json) == RT_JSON_OBJECT && rt_json_count(json) > 0;
}

static bool is_list_of_objects(const struct rt_json *json)
{
    return rt_json_kind(json) == RT_JSON_ARRAY && is_object(rt_json_at(json, 0));
}

/* Null, an empty text, list or object: nothing to tell. */
static bool is_empty(const struct rt_json *json)
{
    const char *text = rt_json_string(json);
    enum rt_json_kind kind = rt_json_kind(json);

    if (kind == RT_JSON_ARRAY || kind == RT_JSON_OBJECT)
        return rt_json_count(json) == 0;
    return kind == RT_JSON_NULL || (text && !*text);
}

static bool is_block(const struct rt_json *json)
{
    const char *text = rt_json_string(json);

    return text && strchr(text, '\n');
}

static void put_value(struct rt_buf *out, const struct rt_json *json)
{
    switch (rt_json_kind(json)) {
    case RT_JSON_STRING:
        rt_escape_line(out, rt_span_text(rt_json_string(json)));
        break;
    case RT_JSON_BOOL:
        rt_buf_add(out, rt_json_bool(json) ? "yes" : "no");
        break;
    case RT_JSON_REAL:
        rt_buf_printf(out, "%.6g", rt_json_number(json));
        break;
    default:
        rt_escape_json(out, json);
    }
}

/* Lines below each other. */
static void put_block(struct rt_buf *out, const char *text, size_t indent)
{
    while (*text) {
        size_t size = strcspn(text, "\n");

        put_spaces(out, indent);
        rt_escape_line(out, rt_span(text, size));
        rt_buf_add(out, "\n");
        text += size + (text[size] == '\n');
    }
}

static size_t label_width(const struct rt_json *object)
{
    size_t width = 0;

    for (void *at = rt_json_first(object); at; at = rt_json_next(object, at)) {
        struct rt_buf label = RT_BUF_INIT;
        size_t columns;

        rt_escape_line(&label, rt_span_text(rt_json_iter_key(at)));
        columns = rt_escape_width(rt_buf_span(&label));
        if (columns > width)
            width = columns;
        rt_buf_clear(&label);
    }
    return width;
}

static void put_object(struct rt_buf *out, const struct rt_json *object, size_t indent);

static void put_list(struct rt_buf *out, const char *key, const struct rt_json *list, size_t indent)
{
    for (size_t i = 0; i < rt_json_count(list); i++) {
        put_spaces(out, indent);
        rt_escape_line(out, rt_span_text(key));
        if (rt_json_count(list) > 1)
            rt_buf_printf(out, " (%zu of %zu)", i + 1, rt_json_count(list));
        rt_buf_add(out, "\n");
        put_object(out, rt_json_at(list, i), indent + STEP);
    }
}

static void put_member(struct rt_buf *out, const char *key, const struct rt_json *value,
                       size_t width, size_t indent)
{
    struct rt_buf label = RT_BUF_INIT;

    rt_escape_line(&label, rt_span_text(key));
    put_spaces(out, indent);
    rt_buf_put(out, label.data, label.size);
    if (is_object(value)) {
        rt_buf_add(out, "\n");
        put_object(out, value, indent + STEP);
    } else if (is_block(value)) {
        rt_buf_add(out, "\n");
        put_block(out, rt_json_string(value), indent + STEP);
    } else {
        put_spaces(out, width - rt_escape_width(rt_buf_span(&label)) + 2);
        put_value(out, value);
        rt_buf_add(out, "\n");
    }
    rt_buf_clear(&label);
}

static void put_object(struct rt_buf *out, const struct rt_json *object, size_t indent)
{
    size_t width = label_width(object);

    for (void *at = rt_json_first(object); at; at = rt_json_next(object, at)) {
        const struct rt_json *value = rt_json_iter_value(at);

        if (is_list_of_objects(value))
            put_list(out, rt_json_iter_key(at), value, indent);
        else if (!is_empty(value))
            put_member(out, rt_json_iter_key(at), value, width, indent);
    }
}

void rt_render_text(struct rt_buf *out, const struct rt_json *object)
{
    put_object(out, object, 0);
}

static void put_json(struct rt_buf *out, const struct rt_json *json, size_t indent);

static void put_key(struct rt_buf *out, const char *key)
{
    struct rt_json *name = rt_json_new_string(key);

    rt_escape_json(out, name);
    rt_buf_add(out, ": ");
    rt_json_free(name);
}

static void put_json_line(struct rt_buf *out, bool first, size_t indent)
{
    rt_buf_add(out, first ? "\n" : ",\n");
    put_spaces(out, indent);
}

static void put_json_items(struct rt_buf *out, const struct rt_json *json, size_t indent)
{
    bool first = true;

    for (size_t i = 0; i < rt_json_count(json) && rt_json_kind(json) == RT_JSON_ARRAY; i++) {
        put_json_line(out, first, indent + STEP);
        put_json(out, rt_json_at(json, i), indent + STEP);
        first = false;
    }
    for (void *at = rt_json_first(json); at; at = rt_json_next(json, at)) {
        put_json_line(out, first, indent + STEP);
        put_key(out, rt_json_iter_key(at));
        put_json(out, rt_json_iter_value(at), indent + STEP);
        first = false;
    }
    rt_buf_add(out, "\n");
    put_spaces(out, indent);
}

static void put_json(struct rt_buf *out, const struct rt_json *json, size_t indent)
{
    if (rt_json_count(json) == 0 ||
        (rt_json_kind(json) == RT_JSON_ARRAY && rt_json_count(rt_json_at(json, 0)) == 0)) {
        rt_escape_json(out, json);
        return;
    }
    rt_buf_add(out, rt_json_kind(json) == RT_JSON_ARRAY ? "[" : "{");
    put_json_items(out, json, indent);
    rt_buf_add(out, rt_json_kind(json) == RT_JSON_ARRAY ? "]" : "}");
}

void rt_render_json(struct rt_buf *out, const struct rt_json *json)
{
    put_json(out, json, 0);
    rt_buf_add(out, "\n");
}
