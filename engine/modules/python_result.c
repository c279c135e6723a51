/* Results on their way out of Python: numbers, texts, lists and dicts, and what turns into them. */
#include "engine/modules/python.h"

#include "base/alloc.h"

#include <stdlib.h>

#define DEPTH_MAX 100
#define ITEMS_MAX (16u << 20) /* of one result, at any depth */

/* Where in the result we are, for messages. */
struct place {
    const struct place *above;
    const char *key; /* or NULL: item `index` of a list */
    Py_ssize_t index;
    int depth;
    size_t *items;
};

static int convert(PyObject *value, const struct place *place, struct rt_json **out,
                   struct rt_err *err);

static void put_place(const struct place *place, struct rt_buf *out)
{
    if (!place->above)
        return;
    put_place(place->above, out);
    if (!place->key)
        rt_buf_printf(out, "[%zd]", place->index);
    else
        rt_buf_printf(out, "%s%s", place->above->above ? "." : "", place->key);
}

/* "the result "history.loss" WHAT" */
static int refuse(const struct place *place, const char *what, struct rt_err *err)
{
    struct rt_buf name = RT_BUF_INIT;
    int rc;

    PyErr_Clear();
    put_place(place, &name);
    rc = rt_err_set(err, RT_EUSAGE, name.size ? "the result \"%s\" %s" : "the result%s %s",
                    rt_buf_text(&name), what);
    rt_buf_clear(&name);
    return rc;
}

static int refuse_type(PyObject *value, const struct place *place, struct rt_err *err)
{
    PyObject *name = PyType_GetName(Py_TYPE(value));
    const char *text = name ? PyUnicode_AsUTF8(name) : NULL;
    char *what = rt_printf("is of type %s, which cannot be stored; return numbers, texts, lists "
                           "and dicts",
                           text ? text : Py_TYPE(value)->tp_name);
    int rc = refuse(place, what, err);

    Py_XDECREF(name);
    free(what);
    return rc;
}

static int convert_int(PyObject *value, const struct place *place, struct rt_json **out,
                       struct rt_err *err)
{
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);

    if (overflow)
        return refuse(place, "is an integer beyond 64 bits; return it as a float or a text", err);
    *out = rt_json_new_int(number);
    return 0;
}

static int convert_text(PyObject *value, struct rt_json **out, const struct place *place,
                        struct rt_err *err)
{
    PyObject *bytes = PyUnicode_AsEncodedString(value, "utf-8", "replace");

    if (!bytes)
        return refuse(place, "is a text that cannot be encoded", err);
    *out =
        rt_json_new_string_span(rt_span(PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes)));
    Py_DECREF(bytes);
    return 0;
}

static int convert_items(PyObject *value, const struct place *place, struct rt_json **out,
                         struct rt_err *err)
{
    PyObject *items = PySequence_Fast(value, "");
    struct rt_json *array;
    int rc = 0;

    if (!items)
        return refuse_type(value, place, err);
    array = rt_json_new_array();
    for (Py_ssize_t i = 0; rc == 0 && i < PySequence_Fast_GET_SIZE(items); i++) {
        struct place below = {place, NULL, i, place->depth + 1, place->items};
        PyObject *held = Py_NewRef(PySequence_Fast_GET_ITEM(items, i));
        struct rt_json *item;

        rc = convert(held, &below, &item, err);
        if (rc == 0)
            rt_json_append(array, item);
        Py_DECREF(held);
    }
    Py_DECREF(items);
    if (rc < 0)
        rt_json_free(array);
    else
        *out = array;
    return rc;
}

static int convert_member(PyObject *key, PyObject *value, const struct place *place,
                          struct rt_json *object, struct rt_err *err)
{
    PyObject *name = PyUnicode_Check(key) ? Py_NewRef(key) : PyObject_Str(key);
    Py_ssize_t size;
    const char *text = name ? PyUnicode_AsUTF8AndSize(name, &size) : NULL;
    struct place below = {place, text, 0, place->depth + 1, place->items};
    struct rt_json *item;
    int rc;

    if (!text || strlen(text) != (size_t)size)
        rc = refuse(place, "has a key that is not a text", err);
    else if ((rc = convert(value, &below, &item, err)) == 0)
        rt_json_set(object, text, item);
    Py_XDECREF(name);
    return rc;
}

static int convert_dict(PyObject *value, const struct place *place, struct rt_json **out,
                        struct rt_err *err)
{
    struct rt_json *object = rt_json_new_object();
    PyObject *key;
    PyObject *item;
    Py_ssize_t at = 0;
    int rc = 0;

    while (rc == 0 && PyDict_Next(value, &at, &key, &item)) {
        Py_INCREF(key);
        Py_INCREF(item);
        rc = convert_member(key, item, place, object, err);
        Py_DECREF(key);
        Py_DECREF(item);
    }
    if (rc < 0)
        rt_json_free(object);
    else
        *out = object;
    return rc;
}

/* Arrays and scalars of numpy, torch, jax and pandas turn into plain objects by tolist(); those of
 * tensorflow by numpy() first; other mappings by dict(). */
static int convert_foreign(PyObject *value, const struct place *place, struct rt_json **out,
                           struct rt_err *err)
{
    PyObject *plain = NULL;
    int rc;

    if (PyObject_HasAttrString(value, "tolist"))
        plain = PyObject_CallMethod(value, "tolist", NULL);
    else if (PyObject_HasAttrString(value, "numpy"))
        plain = PyObject_CallMethod(value, "numpy", NULL);
    else if (PyMapping_Check(value) && PyObject_HasAttrString(value, "keys"))
        plain = PyObject_CallOneArg((PyObject *)&PyDict_Type, value);
    if (!plain || Py_TYPE(plain) == Py_TYPE(value)) {
        Py_XDECREF(plain);
        return refuse_type(value, place, err);
    }
    rc = convert(plain, place, out, err);
    Py_DECREF(plain);
    return rc;
}

static int convert(PyObject *value, const struct place *place, struct rt_json **out,
                   struct rt_err *err)
{
    if (++*place->items > ITEMS_MAX)
        return refuse(place, "is too large; store it in a file", err);
    if (place->depth > DEPTH_MAX)
        return refuse(place, "is nested too deeply", err);
    if (PyFloat_Check(value))
        *out = rt_json_new_real(PyFloat_AS_DOUBLE(value));
    else if (PyBool_Check(value))
        *out = rt_json_new_bool(value == Py_True);
    else if (PyLong_Check(value))
        return convert_int(value, place, out, err);
    else if (PyUnicode_Check(value))
        return convert_text(value, out, place, err);
    else if (value == Py_None)
        *out = rt_json_new_null();
    else if (PyDict_Check(value))
        return convert_dict(value, place, out, err);
    else if (PyList_Check(value) || PyTuple_Check(value))
        return convert_items(value, place, out, err);
    else
        return convert_foreign(value, place, out, err);
    return 0;
}

int rt_python_to_json(PyObject *value, struct rt_json **out, struct rt_err *err)
{
    size_t items = 0;
    struct place top = {.items = &items};

    return convert(value, &top, out, err);
}

int rt_python_result(PyObject *value, const char *metric, struct rt_json **out, struct rt_err *err)
{
    struct rt_json *json;
    enum rt_json_kind kind;
    double special;
    int rc;

    if (value == Py_None)
        return rt_err_set(err, RT_EUSAGE,
                          "the function returned nothing; return a number or a dict of metrics");
    if ((rc = rt_python_to_json(value, &json, err)) < 0)
        return rc;
    kind = rt_json_kind(json);
    if (kind == RT_JSON_OBJECT && !rt_json_special(json, &special)) {
        *out = json;
        return 0;
    }
    if (kind == RT_JSON_OBJECT || kind == RT_JSON_INT || kind == RT_JSON_REAL ||
        kind == RT_JSON_BOOL) {
        *out = rt_json_new_object();
        rt_json_set(*out, metric, json);
        return 0;
    }
    rt_json_free(json);
    return rt_err_set(err, RT_EUSAGE,
                      "the function returned %s; return a number or a dict of metrics",
                      rt_json_kind_name(kind));
}
