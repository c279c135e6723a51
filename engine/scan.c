#include "engine/scan.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "engine/scalar.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 60

static char next(const struct rt_scan *scan)
{
    return scan->text[scan->at];
}

void rt_scan_space(struct rt_scan *scan)
{
    for (;;) {
        if (next(scan) == '#')
            scan->at += strcspn(scan->text + scan->at, "\n");
        else if (next(scan) && strchr(" \t\r\n", next(scan)))
            scan->at++;
        else
            return;
    }
}

bool rt_scan_end(struct rt_scan *scan)
{
    rt_scan_space(scan);
    return !next(scan);
}

bool rt_scan_peek(struct rt_scan *scan, char sign)
{
    rt_scan_space(scan);
    return next(scan) == sign;
}

bool rt_scan_take(struct rt_scan *scan, char sign)
{
    bool there = rt_scan_peek(scan, sign);

    scan->at += there;
    return there;
}

static bool in_name(char c, bool first)
{
    return isalpha((unsigned char)c) || c == '_' || c == '.' ||
           (!first && isdigit((unsigned char)c));
}

char *rt_scan_name(struct rt_scan *scan)
{
    size_t start;

    rt_scan_space(scan);
    start = scan->at;
    while (in_name(next(scan), scan->at == start))
        scan->at++;
    return scan->at > start ? rt_strndup(scan->text + start, scan->at - start) : NULL;
}

#undef rt_scan_error
int rt_scan_error(const struct rt_scan *scan, size_t at, struct rt_err *err, const char *format,
                  ...)
{
    size_t line = 1;
    size_t column = 1;
    va_list args;

    for (size_t i = 0; i < at; i++) {
        unsigned char c = (unsigned char)scan->text[i];

        line += c == '\n';
        column = c == '\n' ? 1 : column + ((c & 0xC0) != 0x80);
    }
    va_start(args, format);
    rt_err_vset(err, RT_EUSAGE, format, args);
    va_end(args);
    rt_err_while(err, "%s:%zu:%zu", scan->path, line, column);
    return RT_EUSAGE;
}

/* A number as Python and R write it is one of YAML without underscores and the L behind it. */
static int read_number(struct rt_scan *scan, struct rt_json **out, struct rt_err *err)
{
    size_t start = scan->at;
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    for (char before = 0; next(scan); before = scan->text[scan->at++]) {
        char c = next(scan);
        bool exponent =
            (c == '-' || c == '+') && (scan->at == start || before == 'e' || before == 'E');

        if (!isalnum((unsigned char)c) && c != '.' && c != '_' && !exponent)
            break;
        if (c != '_' && c != 'L')
            rt_buf_put_u8(&text, (uint8_t)c);
    }
    rc = rt_scalar_parse(rt_buf_text(&text), out, err);
    if (rc == 0 && rt_json_kind(*out) != RT_JSON_INT && rt_json_kind(*out) != RT_JSON_REAL) {
        rt_json_free(*out);
        *out = NULL;
        rc = rt_scan_error(scan, start, err, "\"%.40s\" is no number", rt_buf_text(&text));
    } else if (rc < 0) {
        char *why = rt_strdup(err ? err->text : "");

        rc = rt_scan_error(scan, start, err, "%s", why);
        free(why);
    }
    rt_buf_clear(&text);
    return rc;
}

static int read_text(struct rt_scan *scan, struct rt_json **out, struct rt_err *err)
{
    static const char from[] = "ntr0";
    static const char to[] = "\n\t\r";
    size_t start = scan->at;
    char quote = scan->text[scan->at++];
    struct rt_buf text = RT_BUF_INIT;

    while (next(scan) && next(scan) != quote && next(scan) != '\n') {
        char c = scan->text[scan->at++];
        const char *escape = c == '\\' ? strchr(from, next(scan)) : NULL;

        if (c == '\\' && next(scan)) {
            c = escape && *escape && escape - from < 3 ? to[escape - from] : next(scan);
            scan->at++;
        }
        rt_buf_put_u8(&text, (uint8_t)c);
    }
    if (next(scan) != quote) {
        rt_buf_clear(&text);
        return rt_scan_error(scan, start, err, "the text has no quote at its end");
    }
    scan->at++;
    *out = rt_json_new_string(rt_buf_text(&text));
    rt_buf_clear(&text);
    return 0;
}

static int read_value(struct rt_scan *scan, int depth, struct rt_json **out, struct rt_err *err);

/* Behind the opening bracket. */
static int read_list(struct rt_scan *scan, char close, int depth, struct rt_json **out,
                     struct rt_err *err)
{
    struct rt_json *list = rt_json_new_array();
    int rc = 0;

    while (rc == 0 && !rt_scan_take(scan, close)) {
        struct rt_json *item = NULL;

        if ((rc = read_value(scan, depth + 1, &item, err)) < 0)
            break;
        rt_json_append(list, item);
        if (!rt_scan_take(scan, ',') && !rt_scan_peek(scan, close))
            rc = rt_scan_error(scan, scan->at, err, "expected a comma or \"%c\"", close);
    }
    if (rc == 0)
        *out = list;
    else
        rt_json_free(list);
    return rc;
}

static int read_word(struct rt_scan *scan, int depth, struct rt_json **out, struct rt_err *err)
{
    size_t start = scan->at;
    char *word = rt_scan_name(scan);
    int rc = 0;

    if (word && (strcmp(word, "c") == 0 || strcmp(word, "list") == 0) && rt_scan_take(scan, '('))
        rc = read_list(scan, ')', depth, out, err);
    else if (word && (strcmp(word, "True") == 0 || strcmp(word, "TRUE") == 0))
        *out = rt_json_new_bool(true);
    else if (word && (strcmp(word, "False") == 0 || strcmp(word, "FALSE") == 0))
        *out = rt_json_new_bool(false);
    else if (word && (strcmp(word, "None") == 0 || strcmp(word, "NULL") == 0))
        *out = rt_json_new_null();
    else
        rc = rt_scan_error(scan, start, err,
                           "expected a value, such as 0.001, 'relu', True or [1000, 500]");
    free(word);
    return rc;
}

static int read_value(struct rt_scan *scan, int depth, struct rt_json **out, struct rt_err *err)
{
    char c;

    if (depth > DEPTH_MAX)
        return rt_scan_error(scan, scan->at, err, "more than %d lists in one another", DEPTH_MAX);
    rt_scan_space(scan);
    c = next(scan);
    if (c == '"' || c == '\'')
        return read_text(scan, out, err);
    if (rt_scan_take(scan, '['))
        return read_list(scan, ']', depth, out, err);
    if (rt_scan_take(scan, '('))
        return read_list(scan, ')', depth, out, err);
    if (isdigit((unsigned char)c) || c == '-' || c == '+' ||
        (c == '.' && isdigit((unsigned char)scan->text[scan->at + 1])))
        return read_number(scan, out, err);
    return read_word(scan, depth, out, err);
}

int rt_scan_literal(struct rt_scan *scan, struct rt_json **out, struct rt_err *err)
{
    *out = NULL;
    return read_value(scan, 0, out, err);
}
