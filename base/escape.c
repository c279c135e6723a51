#include "base/escape.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Beyond the controls: Unicode 15's format characters that change the order of what is shown or
 * are not seen at all, and its line separators. Joiners (200C, 200D) belong to scripts and stay. */
static const struct {
    uint32_t first;
    uint32_t last;
} unseen[] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C}, {0x115F, 0x1160}, {0x17B4, 0x17B5},
    {0x180B, 0x180F},   {0x200B, 0x200B},   {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
    {0x3164, 0x3164},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

static bool is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character < 0xA0);
}

static bool is_unseen(uint32_t character)
{
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++) {
        if (character >= unseen[i].first && character <= unseen[i].last)
            return true;
    }
    return false;
}

static void put_visible(struct rt_buf *out, uint32_t character)
{
    switch (character) {
    case '\n':
        rt_buf_add(out, "\\n");
        break;
    case '\r':
        rt_buf_add(out, "\\r");
        break;
    case '\t':
        rt_buf_add(out, "\\t");
        break;
    default:
        if (character < 0x80)
            rt_buf_printf(out, "\\x%02x", (unsigned)character);
        else
            rt_buf_printf(out, character > 0xFFFF ? "\\U%08x" : "\\u%04x", (unsigned)character);
    }
}

/* Hands each character of text to put(), and bytes that are none to the buffer, made visible. */
typedef void put_fn(struct rt_buf *out, uint32_t character, struct rt_span bytes);
static void each_character(struct rt_buf *out, struct rt_span text, put_fn *put)
{
    const unsigned char *at = text.data;
    size_t left = text.size;
    uint32_t character;

    while (left) {
        size_t size = rt_utf8_next(rt_span(at, left), &character);

        if (size == 0) {
            rt_buf_printf(out, "\\x%02x", at[0]);
            size = 1;
        } else {
            put(out, character, rt_span(at, size));
        }
        at += size;
        left -= size;
    }
}

static void put_in_line(struct rt_buf *out, uint32_t character, struct rt_span bytes)
{
    if (is_control(character) || is_unseen(character))
        put_visible(out, character);
    else
        rt_buf_put(out, bytes.data, bytes.size);
}

static void put_in_text(struct rt_buf *out, uint32_t character, struct rt_span bytes)
{
    if (character == '\n' || character == '\t')
        rt_buf_put(out, bytes.data, bytes.size);
    else
        put_in_line(out, character, bytes);
}

static void put_in_markdown(struct rt_buf *out, uint32_t character, struct rt_span bytes)
{
    if (character == '\n')
        rt_buf_add(out, "<br>");
    else if (character == '<')
        rt_buf_add(out, "&lt;");
    else if (character == '>')
        rt_buf_add(out, "&gt;");
    else if (character == '&')
        rt_buf_add(out, "&amp;");
    else if (character < 0x80 && character && strchr("\\`*[]|~$", (int)character))
        rt_buf_printf(out, "\\%c", (char)character);
    else
        put_in_line(out, character, bytes);
}

static void put_in_json(struct rt_buf *out, uint32_t character, struct rt_span bytes)
{
    if (character == '\n' || (!is_control(character) && !is_unseen(character)))
        rt_buf_put(out, bytes.data, bytes.size);
    else if (character > 0xFFFF)
        rt_buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xD7C0 + (character >> 10)),
                      (unsigned)(0xDC00 + (character & 0x3FF)));
    else
        rt_buf_printf(out, "\\u%04x", (unsigned)character);
}

void rt_escape_line(struct rt_buf *out, struct rt_span text)
{
    each_character(out, text, put_in_line);
}

void rt_escape_text(struct rt_buf *out, struct rt_span text)
{
    each_character(out, text, put_in_text);
}

void rt_escape_markdown(struct rt_buf *out, struct rt_span text)
{
    each_character(out, text, put_in_markdown);
}

void rt_escape_csv(struct rt_buf *out, struct rt_span text)
{
    const char *at = text.data;
    bool quoted = text.size && (at[0] == ' ' || at[text.size - 1] == ' ');

    for (size_t i = 0; i < text.size && !quoted; i++)
        quoted = at[i] == '"' || at[i] == ',' || at[i] == '\n' || at[i] == '\r';
    if (!quoted) {
        rt_buf_put(out, text.data, text.size);
        return;
    }
    rt_buf_put_u8(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (at[i] == '"')
            rt_buf_put_u8(out, '"');
        rt_buf_put_u8(out, (uint8_t)at[i]);
    }
    rt_buf_put_u8(out, '"');
}

void rt_escape_json(struct rt_buf *out, const struct rt_json *json)
{
    struct rt_buf text = RT_BUF_INIT;

    rt_json_canonical(json, &text);
    each_character(out, rt_buf_span(&text), put_in_json);
    rt_buf_clear(&text);
}

void rt_escape_json_text(struct rt_buf *out, struct rt_span text)
{
    each_character(out, text, put_in_json);
}

/* Between $' and ', as bash has it. */
static void put_in_shell(struct rt_buf *out, uint32_t character, struct rt_span bytes)
{
    const unsigned char *at = bytes.data;

    for (size_t i = 0; i < bytes.size; i++) {
        if (is_control(character) || is_unseen(character))
            rt_buf_printf(out, "\\x%02x", at[i]);
        else
            rt_buf_printf(out, at[i] == '\\' || at[i] == '\'' ? "\\%c" : "%c", at[i]);
    }
}

static bool is_word(struct rt_span text)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "_@%+=:,./-";
    const char *at = text.data;
    size_t i = 0;

    while (i < text.size && at[i] && strchr(safe, at[i]))
        i++;
    return i == text.size && i > 0;
}

void rt_escape_shell(struct rt_buf *out, struct rt_span text)
{
    struct rt_buf seen = RT_BUF_INIT;
    const char *at = text.data;
    bool hides;

    rt_escape_line(&seen, text);
    hides = seen.size != text.size;
    rt_buf_clear(&seen);
    if (is_word(text)) {
        rt_buf_put(out, text.data, text.size);
        return;
    }
    rt_buf_add(out, hides ? "$'" : "'");
    if (hides)
        each_character(out, text, put_in_shell);
    for (size_t i = 0; !hides && i < text.size; i++)
        rt_buf_printf(out, at[i] == '\'' ? "'\\''" : "%c", at[i]);
    rt_buf_add(out, "'");
}

char *rt_escaped(const char *text)
{
    struct rt_buf out = RT_BUF_INIT;

    rt_escape_line(&out, rt_span_text(text));
    return rt_buf_take(&out);
}

static locale_t utf8_locale;
static pthread_once_t utf8_locale_once = PTHREAD_ONCE_INIT;

static void make_utf8_locale(void)
{
    utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
}

/* Where a system lacks C.UTF-8 every character is taken for one column wide. */
static size_t character_width(uint32_t character)
{
    int width;

    if (character < 0x80 || !utf8_locale)
        return 1;
    width = wcwidth((wchar_t)character);
    return width < 0 ? 1 : (size_t)width;
}

size_t rt_escape_fit(struct rt_span line, size_t width, size_t *columns)
{
    const unsigned char *at = line.data;
    locale_t before = (locale_t)0;
    size_t taken = 0;
    size_t used = 0;

    pthread_once(&utf8_locale_once, make_utf8_locale);
    if (utf8_locale)
        before = uselocale(utf8_locale);
    while (used < line.size) {
        uint32_t character;
        size_t size = rt_utf8_next(rt_span(at + used, line.size - used), &character);
        size_t more = size ? character_width(character) : 1;

        if (taken + more > width)
            break;
        taken += more;
        used += size ? size : 1;
    }
    if (before)
        uselocale(before);
    *columns = taken;
    return used;
}

size_t rt_escape_width(struct rt_span line)
{
    size_t columns;

    rt_escape_fit(line, SIZE_MAX, &columns);
    return columns;
}
