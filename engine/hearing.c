#include "engine/hearing.h"

void rt_hearing_put(struct rt_buf *rows, const struct rt_hearing *hearing)
{
    rt_buf_put_varint(rows, hearing->ordinal);
    rt_buf_put_varint(rows, hearing->attempt);
    rt_buf_put_varint(rows, hearing->number);
    rt_buf_put_varint(rows, hearing->call);
    rt_buf_put_varint(rows, hearing->reports);
    rt_buf_put_span(rows, hearing->text);
}

bool rt_hearing_next(struct rt_reader *rows, struct rt_hearing *hearing)
{
    if (rt_reader_left(rows) == 0)
        return false;
    hearing->ordinal = rt_read_varint(rows);
    hearing->attempt = rt_read_varint32(rows);
    hearing->number = rt_read_varint32(rows);
    hearing->call = rt_read_varint(rows);
    hearing->reports = rt_read_varint(rows);
    hearing->text = rt_read_span(rows);
    if (hearing->ordinal == 0 || hearing->attempt == 0 || hearing->number == 0 ||
        hearing->call > INT64_MAX || hearing->reports > INT64_MAX)
        rows->bad = true;
    return !rows->bad;
}

struct rt_json *rt_hearing_json(const struct rt_hearing *hearing)
{
    const struct rt_json *params;
    struct rt_json *said = NULL;
    struct rt_json *out;
    const char *stop;

    if (rt_json_parse(hearing->text, &said, NULL) < 0)
        return NULL;
    stop = rt_json_get_text(said, "stop", NULL);
    params = rt_json_get(said, "params");
    if ((!stop && !params) || (params && rt_json_kind(params) != RT_JSON_OBJECT)) {
        rt_json_free(said);
        return NULL;
    }
    out = rt_json_new_object();
    rt_json_set_int(out, "ordinal", (int64_t)hearing->ordinal);
    rt_json_set_int(out, "attempt", hearing->attempt);
    rt_json_set_int(out, "number", hearing->number);
    rt_json_set_int(out, "call", (int64_t)hearing->call);
    rt_json_set_int(out, "reports", (int64_t)hearing->reports);
    if (stop)
        rt_json_set_text(out, "stop", stop);
    if (params)
        rt_json_set(out, "params", rt_json_copy(params));
    rt_json_free(said);
    return out;
}
