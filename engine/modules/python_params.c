/*
 * Params on their way into Python. They are canonical JSON that we wrote
 * ourselves a moment ago, and this is run for every trial: it goes straight
 * from text to objects.
 */
#include "engine/modules/python.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

struct text {
    const char *at;
    const char *end;
};

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

static PyObject *read_number(struct text *text)
{
    const char *start = text->at;
    bool real = false;
    char *end;
    double value;

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

static int read_member(struct text *text, PyObject *dict, struct rt_python_scope *scope)
{
    PyObject *key = read_string(text);
    PyObject *value = NULL;
    int rc = -1;

    if (key)
        PyUnicode_InternInPlace(&key);
    if (key && !take(text, ':')) {
        malformed();
        Py_CLEAR(key);
    }
    if (scope && key && text->at < text->end && *text->at == '{')
        scope = rt_python_scope_below(scope, key);
    if (key && (value = read_value(text, scope)) != NULL)
        rc = PyDict_SetItem(dict, key, value);
    Py_XDECREF(key);
    Py_XDECREF(value);
    return rc;
}

static PyObject *read_object(struct text *text, struct rt_python_scope *scope)
{
    PyObject *dict = scope ? rt_python_reads_dict(scope) : PyDict_New();
    int rc;

    text->at++;
    if (!dict || take(text, '}'))
        return dict;
    do {
        rc = read_member(text, dict, scope);
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
        value = *text->at == '{' ? read_object(text, scope) : read_array(text);
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

    return read_value(&text, scope);
}
