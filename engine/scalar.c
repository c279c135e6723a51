#include "engine/scalar.h"

#include "base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum shape { TEXT, INTEGER, OCTAL, HEXADECIMAL, REAL };

static const char *skip_digits(const char *at)
{
    return at + strspn(at, "0123456789");
}

/* Behind the sign: digits, a fraction, an exponent. */
static enum shape shape_of_number(const char *at)
{
    const char *start = at;
    bool real = false;
    size_t digits;

    at = skip_digits(at);
    digits = (size_t)(at - start);
    if (*at == '.') {
        const char *fraction = ++at;

        real = true;
        at = skip_digits(at);
        digits += (size_t)(at - fraction);
    }
    if (digits == 0)
        return TEXT;
    if (*at == 'e' || *at == 'E') {
        real = true;
        at++;
        at += *at == '-' || *at == '+';
        if (skip_digits(at) == at)
            return TEXT;
        at = skip_digits(at);
    }
    if (*at)
        return TEXT;
    return real ? REAL : INTEGER;
}

static enum shape shape_of(const char *text)
{
    const char *body = text + 2;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'o') && *body) {
        const char *allowed = text[1] == 'x' ? "0123456789abcdefABCDEF" : "01234567";

        if (body[strspn(body, allowed)] == '\0')
            return text[1] == 'x' ? HEXADECIMAL : OCTAL;
    }
    return shape_of_number(text + (text[0] == '-' || text[0] == '+'));
}

static int read_integer(const char *text, enum shape shape, int64_t *value, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];

    errno = 0;
    if (shape == INTEGER)
        *value = strtoll(text, NULL, 10);
    else
        *value = strtoll(text + 2, NULL, shape == HEXADECIMAL ? 16 : 8);
    if (errno == ERANGE)
        return rt_err_set(err, RT_EUSAGE,
                          "%s does not fit an integer of 64 bits; write it with an exponent for a "
                          "real number, or in quotes for a text",
                          rt_utf8_clip(text, clip));
    return 0;
}

static int read_real(const char *text, double *value, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];

    *value = rt_real_parse(text);
    if (isinf(*value))
        return rt_err_set(err, RT_EUSAGE, "%s is larger than any real number of 64 bits",
                          rt_utf8_clip(text, clip));
    return 0;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(text, *words) == 0)
            return true;
    }
    return false;
}

static struct rt_json *parse_word(const char *text)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", NULL};
    static const char *const falses[] = {"false", "False", "FALSE", NULL};

    if (is_one_of(text, nulls))
        return rt_json_new_null();
    if (is_one_of(text, trues))
        return rt_json_new_bool(true);
    if (is_one_of(text, falses))
        return rt_json_new_bool(false);
    return rt_json_new_string(text);
}

static bool is_not_finite(const char *text)
{
    static const char *const words[] = {".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", NULL};

    return is_one_of(text, words) ||
           ((text[0] == '-' || text[0] == '+') && is_one_of(text + 1, words + 3));
}

int rt_scalar_parse(const char *text, struct rt_json **out, struct rt_err *err)
{
    enum shape shape = shape_of(text);
    int64_t integer = 0;
    double real = 0;
    int rc = 0;

    *out = NULL;
    if (is_not_finite(text))
        return rt_err_set(err, RT_EUSAGE,
                          "%s is not a value that a trial can be given; write it in quotes if a "
                          "text is meant",
                          text);
    if (shape == TEXT)
        *out = parse_word(text);
    else if (shape == REAL && (rc = read_real(text, &real, err)) == 0)
        *out = rt_json_new_real(real);
    else if (shape != REAL && (rc = read_integer(text, shape, &integer, err)) == 0)
        *out = rt_json_new_int(integer);
    return rc;
}

int rt_scalar_decimal(const char *text, struct rt_decimal *out, struct rt_err *err)
{
    enum shape shape = shape_of(text);
    char clip[RT_UTF8_CLIP];
    int64_t integer;
    int rc;

    *out = (struct rt_decimal){0, 0};
    if (shape == TEXT)
        return rt_err_set(err, RT_EUSAGE, "\"%s\" is not a number", rt_utf8_clip(text, clip));
    if (shape == REAL || shape == INTEGER)
        return rt_decimal_parse(text, out, err);
    if ((rc = read_integer(text, shape, &integer, err)) == 0)
        *out = rt_decimal_int(integer);
    return rc;
}
