#include "engine/condition.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "engine/scalar.h"
#include "engine/yaml.h"

#include <ctype.h>
#include <stdlib.h>

static const char expected[] = "KEY == VALUE, KEY != VALUE, KEY < NUMBER (or <=, >, >=), or KEY in "
                               "[VALUE, VALUE]";

static const struct {
    const char *sign;
    enum rt_condition_test test;
} signs[] = {
    {"==", RT_TEST_EQUAL}, {"!=", RT_TEST_OTHER}, {"<=", RT_TEST_AT_MOST}, {">=", RT_TEST_AT_LEAST},
    {"<", RT_TEST_LESS},   {">", RT_TEST_MORE},   {" in ", RT_TEST_IN},    {" in[", RT_TEST_IN},
};

static char *trimmed(const char *start, size_t size)
{
    while (size && isspace((unsigned char)start[0])) {
        start++;
        size--;
    }
    while (size && isspace((unsigned char)start[size - 1]))
        size--;
    return rt_strndup(start, size);
}

/* The sign that comes first; of two that start there, the longer one. Its number, or -1. */
static int find_sign(const char *text, const char **at)
{
    for (*at = text; **at; (*at)++) {
        for (int i = 0; i < (int)(sizeof signs / sizeof signs[0]); i++) {
            if (strncmp(*at, signs[i].sign, strlen(signs[i].sign)) == 0)
                return i;
        }
    }
    return -1;
}

static int read_value(const char *text, struct rt_json **value, struct rt_err *err)
{
    struct rt_yaml *yaml = NULL;
    int rc;

    if (!strchr("[{\"'", text[0]))
        return rt_scalar_parse(text, value, err);
    if ((rc = rt_yaml_parse(rt_span_text(text), NULL, false, &yaml, err)) == 0)
        *value = rt_yaml_json(rt_yaml_root(yaml));
    rt_yaml_free(yaml);
    return rc;
}

static bool is_number(const struct rt_json *value)
{
    return rt_json_kind(value) == RT_JSON_INT || rt_json_kind(value) == RT_JSON_REAL;
}

static int check_value(const struct rt_condition *condition, const char *text, struct rt_err *err)
{
    bool ordered = condition->test >= RT_TEST_LESS && condition->test <= RT_TEST_AT_LEAST;
    char clip[RT_UTF8_CLIP];

    if (ordered && !is_number(condition->value))
        return rt_err_set(err, RT_EUSAGE, "the condition \"%s\" compares with what is no number",
                          rt_utf8_clip(text, clip));
    if (condition->test == RT_TEST_IN && rt_json_kind(condition->value) != RT_JSON_ARRAY)
        return rt_err_set(err, RT_EUSAGE, "the condition \"%s\" has no list; write [VALUE, VALUE]",
                          rt_utf8_clip(text, clip));
    return 0;
}

int rt_condition_parse(const char *text, struct rt_condition *condition, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];
    const char *at;
    int sign = find_sign(text, &at);
    const char *rest;
    char *value;
    int rc = 0;

    *condition = (struct rt_condition){NULL, RT_TEST_EQUAL, NULL};
    rt_utf8_clip(text, clip);
    if (sign < 0)
        return rt_err_set(err, RT_EUSAGE, "the condition \"%s\" is none; write %s", clip, expected);
    condition->test = signs[sign].test;
    condition->key = trimmed(text, (size_t)(at - text));
    rest = at + strlen(signs[sign].sign);
    rest -= condition->test == RT_TEST_IN && rest[-1] == '[';
    value = trimmed(rest, strlen(rest));
    if (!condition->key[0] || !value[0])
        rc = rt_err_set(err, RT_EUSAGE, "the condition \"%s\" lacks a side; write %s", clip,
                        expected);
    if (rc == 0 && (rc = read_value(value, &condition->value, err)) < 0)
        rt_err_while(err, "the condition \"%s\"", clip);
    if (rc == 0)
        rc = check_value(condition, text, err);
    free(value);
    return rc;
}

void rt_condition_clear(struct rt_condition *condition)
{
    free(condition->key);
    rt_json_free(condition->value);
    *condition = (struct rt_condition){NULL, RT_TEST_EQUAL, NULL};
}

static bool equal(const struct rt_json *a, const struct rt_json *b)
{
    if (is_number(a) && is_number(b) && rt_json_kind(a) != rt_json_kind(b))
        return rt_json_number(a) == rt_json_number(b);
    return rt_json_equal(a, b);
}

static bool is_among(const struct rt_json *list, const struct rt_json *value)
{
    for (size_t i = 0; i < rt_json_count(list); i++) {
        if (equal(rt_json_at(list, i), value))
            return true;
    }
    return false;
}

/* -1, 0 or 1; integers beyond 2^53 are compared as such. */
static int order(const struct rt_json *a, const struct rt_json *b)
{
    if (rt_json_kind(a) == RT_JSON_INT && rt_json_kind(b) == RT_JSON_INT)
        return (rt_json_int(a) > rt_json_int(b)) - (rt_json_int(a) < rt_json_int(b));
    return (rt_json_number(a) > rt_json_number(b)) - (rt_json_number(a) < rt_json_number(b));
}

bool rt_condition_holds(const struct rt_condition *condition, const struct rt_json *value)
{
    const struct rt_json *other = condition->value;

    if (!value)
        return false;
    if (condition->test == RT_TEST_EQUAL || condition->test == RT_TEST_OTHER)
        return equal(value, other) == (condition->test == RT_TEST_EQUAL);
    if (condition->test == RT_TEST_IN)
        return is_among(other, value);
    if (!is_number(value))
        return false;
    if (condition->test == RT_TEST_LESS || condition->test == RT_TEST_AT_MOST)
        return order(value, other) < (condition->test == RT_TEST_AT_MOST);
    return order(value, other) > -(condition->test == RT_TEST_AT_LEAST);
}
