/*
 * Params on their way into Python. They are canonical JSON that we wrote
 * ourselves a moment ago, and this is run for every trial: it goes straight
 * from text to objects.
 */
#include "engine/modules/python.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define KNOWN_MAX 64 /* members of params that are remembered */
#define DIGITS    18 /* so many fit into 64 bits */

struct text {
    const char *at;
    const char *end;
};

/* A member as the last trial had it: most of them are the same in all trials of a sweep. Objects
 * are shared between trials only if nothing can change them. */
struct known {
    struct rt_buf text; /* "key":value */
    size_t key_size;    /* of that, the bytes up to the value */
    PyObject *key;
    PyObject *value; /* NULL: of a kind that can be changed */
};
static struct known known[KNOWN_MAX];

static PyObject *read_value(struct text *text, struct rt_python_scope *scope);

static PyObject *malformed(void)
{
    PyErr_SetString(PyExc_ValueError, "the params of this trial are malformed");
    return NULL;
}

static bool take(struct text *text, char wanted)
{
    if (text->at >= text->end || *text->at != wanted)
        return false;
    text->at++;
    return true;
}

static PyObject *read_word(struct text *text, const char *word, PyObject *value)
{
    size_t size = strlen(word);

    if ((size_t)(text->end - text->at) < size || memcmp(text->at, word, size) != 0)
        return malformed();
    text->at += size;
    return Py_NewRef(value);
}

static unsigned hex_digit(char c)
{
    return c >= 'a' ? (unsigned)(c - 'a' + 10) : (unsigned)(c - '0');
}

/* Canonical JSON escapes only quotes, backslashes and control characters (as \u00xx). */
static PyObject *read_escaped(struct text *text, const char *start)
{
    struct rt_buf plain = RT_BUF_INIT;
    PyObject *value;

    for (text->at = start; text->at < text->end && *text->at != '"'; text->at++) {
        if (*text->at != '\\') {
            rt_buf_put_u8(&plain, (uint8_t)*text->at);
        } else if (text->end - text->at > 5 && text->at[1] == 'u') {
            rt_buf_put_u8(&plain, (uint8_t)((hex_digit(text->at[4]) & 15) << 4 |
                                            (hex_digit(text->at[5]) & 15)));
            text->at += 5;
        } else if (text->end - text->at > 1) {
            rt_buf_put_u8(&plain, (uint8_t) * ++text->at);
        }
    }
    value = take(text, '"')
                ? PyUnicode_DecodeUTF8((const char *)plain.data, (Py_ssize_t)plain.size, "replace")
                : malformed();
    rt_buf_clear(&plain);
    return value;
}

static PyObject *read_string(struct text *text)
{
    const char *start;

    if (!take(text, '"'))
        return malformed();
    for (start = text->at; text->at < text->end && *text->at != '"'; text->at++) {
        if (*text->at == '\\')
            return read_escaped(text, start);
    }
    if (!take(text, '"'))
        return malformed();
    return PyUnicode_DecodeUTF8(start, text->at - 1 - start, "replace");
}

/* A short integer; NULL if it is anything else. */
static PyObject *read_small(struct text *text)
{
    const char *at = text->at;
    bool negative = *at == '-';
    int64_t value = 0;
    int digits = 0;

    for (at += negative; at < text->end && *at >= '0' && *at <= '9'; at++, digits++) {
        if (digits == DIGITS)
            return NULL;
        value = value * 10 + (*at - '0');
    }
    if (digits == 0 || at == text->end || (*at != ',' && *at != '}' && *at != ']'))
        return NULL;
    text->at = at;
    return PyLong_FromLongLong(negative ? -value : value);
}

static PyObject *read_number(struct text *text)
{
    const char *start = text->at;
    PyObject *small = read_small(text);
    bool real = false;
    char *end;
    double value;

    if (small || PyErr_Occurred())
        return small;
    for (; text->at < text->end && strchr("+-0123456789.eE", *text->at) && *text->at; text->at++)
        real |= *text->at == '.' || (*text->at | 32) == 'e';
    if (text->at == start)
        return malformed();
    if (!real)
        return PyLong_FromLongLong(strtoll(start, NULL, 10));
    value = PyOS_string_to_double(start, &end, NULL);
    if (value == -1.0 && PyErr_Occurred())
        return NULL;
    return PyFloat_FromDouble(value);
}

static PyObject *read_array(struct text *text)
{
    PyObject *list = PyList_New(0);
    PyObject *value;
    int rc;

    text->at++;
    if (!list || take(text, ']'))
        return list;
    do {
        value = read_value(text, NULL);
        rc = value ? PyList_Append(list, value) : -1;
        Py_XDECREF(value);
    } while (rc == 0 && take(text, ','));
    if (rc == 0 && !take(text, ']')) {
        malformed();
        rc = -1;
    }
    if (rc < 0)
        Py_CLEAR(list);
    return list;
}

/* {"$float": "nan" | "inf" | "-inf"} becomes the float that it stands for. */
static PyObject *special(PyObject *dict)
{
    PyObject *name = PyDict_GetItemString(dict, "$float");
    const char *text = name ? PyUnicode_AsUTF8(name) : NULL;
    double value;

    if (!text) {
        PyErr_Clear();
        return dict;
    }
    value = strcmp(text, "nan") == 0 ? NAN : strcmp(text, "-inf") == 0 ? -INFINITY : INFINITY;
    Py_DECREF(dict);
    return PyFloat_FromDouble(value);
}

static bool begins(const struct text *text, const void *with, size_t size)
{
    return (size_t)(text->end - text->at) > size && memcmp(text->at, with, size) == 0;
}

static PyObject *read_key(struct text *text)
{
    PyObject *key = read_string(text);

    if (key)
        PyUnicode_InternInPlace(&key);
    if (key && !take(text, ':')) {
        malformed();
        Py_CLEAR(key);
    }
    return key;
}

static void remember(struct known *member, const char *start, const struct text *text, size_t key,
                     PyObject *name, PyObject *value)
{
    bool fixed = !PyDict_Check(value) && !PyList_Check(value);

    rt_buf_reset(&member->text);
    rt_buf_put(&member->text, start, fixed ? (size_t)(text->at - start) : key);
    member->key_size = key;
    Py_XSETREF(member->key, Py_NewRef(name));
    Py_XSETREF(member->value, fixed ? Py_NewRef(value) : NULL);
}

/* Puts a member into the dict if all of it is as remembered; 1 if it is, 0 if not. */
static int put_known(struct text *text, PyObject *dict, const struct known *member)
{
    const char *start = text->at;
    size_t size = member->text.size;

    if (!member->value || !begins(text, member->text.data, size) ||
        (start[size] != ',' && start[size] != '}'))
        return 0;
    text->at += size;
    return PyDict_SetItem(dict, member->key, member->value) < 0 ? -1 : 1;
}

/* `member`: what is remembered of one at this place, or NULL. */
static int read_member(struct text *text, PyObject *dict, struct rt_python_scope *scope,
                       struct known *member)
{
    const char *start = text->at;
    bool same = member && member->key && begins(text, member->text.data, member->key_size);
    PyObject *key;
    PyObject *value = NULL;
    size_t key_size;
    int rc = same ? put_known(text, dict, member) : 0;

    if (rc != 0)
        return rc < 0 ? -1 : 0;
    text->at += same ? member->key_size : 0;
    key = same ? Py_NewRef(member->key) : read_key(text);
    key_size = (size_t)(text->at - start);
    if (scope && key && text->at < text->end && *text->at == '{')
        scope = rt_python_scope_below(scope, key);
    rc = -1;
    if (key && (value = read_value(text, scope)) != NULL)
        rc = PyDict_SetItem(dict, key, value);
    if (rc == 0 && member)
        remember(member, start, text, key_size, key, value);
    Py_XDECREF(key);
    Py_XDECREF(value);
    return rc;
}

static PyObject *read_object(struct text *text, struct rt_python_scope *scope,
                             struct known *members)
{
    PyObject *dict = scope ? rt_python_reads_dict(scope) : PyDict_New();
    size_t count = 0;
    int rc;

    text->at++;
    if (!dict || take(text, '}'))
        return dict;
    do {
        rc = read_member(text, dict, scope, members && count < KNOWN_MAX ? &members[count] : NULL);
        count++;
    } while (rc == 0 && take(text, ','));
    if (rc == 0 && !take(text, '}')) {
        malformed();
        rc = -1;
    }
    if (rc < 0) {
        Py_DECREF(dict);
        return NULL;
    }
    return PyDict_GET_SIZE(dict) == 1 ? special(dict) : dict;
}

static PyObject *read_value(struct text *text, struct rt_python_scope *scope)
{
    PyObject *value;

    if (text->at >= text->end)
        return malformed();
    if (*text->at == '{' || *text->at == '[') {
        if (Py_EnterRecursiveCall(" while reading params"))
            return NULL;
        value = *text->at == '{' ? read_object(text, scope, NULL) : read_array(text);
        Py_LeaveRecursiveCall();
        return value;
    }
    switch (*text->at) {
    case '"':
        return read_string(text);
    case 't':
        return read_word(text, "true", Py_True);
    case 'f':
        return read_word(text, "false", Py_False);
    case 'n':
        return read_word(text, "null", Py_None);
    default:
        return read_number(text);
    }
}

PyObject *rt_python_from_json(struct rt_span json)
{
    struct text text = {json.data, (const char *)json.data + json.size};

    return read_value(&text, NULL);
}

PyObject *rt_python_params(struct rt_span json, struct rt_python_scope *scope)
{
    struct text text = {json.data, (const char *)json.data + json.size};

    if (json.size && *text.at == '{')
        return read_object(&text, scope, known);
    return read_value(&text, scope);
}
