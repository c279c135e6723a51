/* Any bytes, escaped: what comes out is valid UTF-8 in which nothing acts on a terminal, and JSON
 * and CSV lose nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_harmless(struct rt_span text, int lines)
{
    const unsigned char *at = text.data;
    uint32_t character;

    for (size_t used = 0; used < text.size;) {
        size_t bytes = rt_utf8_next(rt_span(at + used, text.size - used), &character);

        if (bytes == 0 || (character >= 0x7F && character < 0xA0) ||
            (character >= 0x202A && character <= 0x202E))
            abort();
        if (character < 0x20 && !(lines && (character == '\n' || character == '\t')))
            abort();
        used += bytes;
    }
}

static void expect_fits(struct rt_span line)
{
    size_t columns;
    size_t bytes = rt_escape_fit(line, 10, &columns);

    if (columns > 10 || bytes > line.size || !rt_utf8_valid(rt_span(line.data, bytes), NULL) ||
        rt_escape_width(line) < columns)
        abort();
}

static void expect_same_json(struct rt_span text)
{
    struct rt_json *json = rt_json_new_string_span(text);
    struct rt_buf out = RT_BUF_INIT;
    struct rt_json *back;
    struct rt_err err;

    rt_escape_json(&out, json);
    if (memchr(text.size ? text.data : "", 0, text.size) == NULL) {
        if (rt_json_parse(rt_buf_span(&out), &back, &err) < 0 || !rt_json_equal(json, back))
            abort();
        rt_json_free(back);
    }
    expect_harmless(rt_buf_span(&out), 0);
    rt_json_free(json);
    rt_buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rt_span text = rt_span(data, size);
    struct rt_buf out = RT_BUF_INIT;

    rt_escape_line(&out, text);
    expect_harmless(rt_buf_span(&out), 0);
    expect_fits(rt_buf_span(&out));
    rt_buf_reset(&out);
    rt_escape_text(&out, text);
    expect_harmless(rt_buf_span(&out), 1);
    rt_buf_reset(&out);
    rt_escape_markdown(&out, text);
    expect_harmless(rt_buf_span(&out), 0);
    rt_buf_reset(&out);
    rt_escape_csv(&out, text);
    if (out.size < size)
        abort();
    rt_buf_clear(&out);
    expect_same_json(text);
    return 0;
}
