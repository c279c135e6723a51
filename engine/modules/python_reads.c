/*
 * The dict that params come in: a real one, which notes what is read of it.
 *
 * Asking for one item notes its name. Whatever takes all items together
 * (iterating, copying, ** and update(), comparing, printing) notes "*", and
 * what is asked of that dict afterwards says nothing any more: update() asks
 * for one item after the other. CPython takes a dict subclass apart without
 * asking it unless it has a tp_iter of its own.
 */
#include "engine/modules/python.h"

#include "base/alloc.h"

#include <stdlib.h>

/* A place for a dict in the params of all trials: the whole, or what a key of it holds. */
struct rt_python_scope {
    struct rt_reads **reads; /* where to note; the trial's */
    char *path;              /* "opt." for what is below opt; "" at the top */
    PyObject *seen;          /* keys noted before: a set */
    struct rt_python_scope **below;
    PyObject **keys; /* of those below */
    size_t count;
    size_t below_capacity;
    size_t key_capacity;
};

struct params {
    PyDictObject dict;
    struct rt_python_scope *scope; /* NULL: not one of ours any more */
    bool together;                 /* all was taken at once */
};

static PyTypeObject type;

enum method { GET, POP, SETDEFAULT, KEYS, ITEMS, VALUES, COPY, POPITEM, REVERSED, METHODS };
static const char *const names[METHODS] = {"get",    "pop",  "setdefault", "keys",        "items",
                                           "values", "copy", "popitem",    "__reversed__"};
static PyObject *methods[METHODS]; /* of dict */

struct rt_python_scope *rt_python_scope_new(struct rt_reads **reads, const char *path)
{
    struct rt_python_scope *scope = rt_calloc(1, sizeof *scope);

    scope->reads = reads;
    scope->path = rt_strdup(path);
    scope->seen = PySet_New(NULL);
    return scope;
}

struct rt_python_scope *rt_python_scope_below(struct rt_python_scope *scope, PyObject *key)
{
    struct rt_python_scope *made;
    char *path;

    for (size_t i = 0; i < scope->count; i++) {
        if (scope->keys[i] == key || PyUnicode_Compare(scope->keys[i], key) == 0)
            return scope->below[i];
    }
    path = rt_printf("%s%s.", scope->path, PyUnicode_AsUTF8(key));
    made = rt_python_scope_new(scope->reads, path);
    free(path);
    scope->keys = rt_grow(scope->keys, &scope->key_capacity, scope->count + 1, sizeof *scope->keys);
    scope->below =
        rt_grow(scope->below, &scope->below_capacity, scope->count + 1, sizeof *scope->below);
    scope->keys[scope->count] = Py_NewRef(key);
    scope->below[scope->count++] = made;
    return made;
}

static void note_name(struct rt_python_scope *scope, const char *name)
{
    char *full;

    if (!*scope->reads)
        return;
    full = rt_printf("%s%s", scope->path, name);
    if (rt_reads_note(*scope->reads, full))
        rt_python_forked_tell(full);
    free(full);
}

static void note_key(PyObject *self, PyObject *key)
{
    struct rt_python_scope *scope = ((struct params *)self)->scope;
    const char *name;

    if (!scope || ((struct params *)self)->together || !PyUnicode_CheckExact(key) ||
        PySet_GET_SIZE(scope->seen) >= RT_READS_MAX || PySet_Contains(scope->seen, key) == 1)
        return;
    name = PyUnicode_AsUTF8(key);
    if (name && *scope->reads) {
        note_name(scope, name);
        PySet_Add(scope->seen, key);
    }
    PyErr_Clear(); /* a text that no param's name can be */
}

static void note_all(PyObject *self)
{
    struct params *params = (struct params *)self;

    if (!params->scope || params->together)
        return;
    params->together = true;
    note_name(params->scope, "*");
}

/* Calls dict's own method; it complains of too many arguments itself. */
static PyObject *call(enum method method, PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    PyObject *all[5] = {NULL, self};
    Py_ssize_t given = count < 3 ? count : 3;

    for (Py_ssize_t i = 0; i < given; i++)
        all[i + 2] = args[i];
    return PyObject_Vectorcall(methods[method], all + 1,
                               (size_t)(given + 1) | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
}

static PyObject *by_key(enum method method, PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count > 0)
        note_key(self, args[0]);
    return call(method, self, args, count);
}

static PyObject *get(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    return by_key(GET, self, args, count);
}

static PyObject *pop(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    return by_key(POP, self, args, count);
}

static PyObject *setdefault(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    return by_key(SETDEFAULT, self, args, count);
}

static PyObject *together(enum method method, PyObject *self)
{
    note_all(self);
    return call(method, self, NULL, 0);
}

static PyObject *keys(PyObject *self, PyObject *none)
{
    (void)none;
    return together(KEYS, self);
}

static PyObject *items(PyObject *self, PyObject *none)
{
    (void)none;
    return together(ITEMS, self);
}

static PyObject *values(PyObject *self, PyObject *none)
{
    (void)none;
    return together(VALUES, self);
}

static PyObject *copy(PyObject *self, PyObject *none)
{
    (void)none;
    return together(COPY, self);
}

static PyObject *popitem(PyObject *self, PyObject *none)
{
    (void)none;
    return together(POPITEM, self);
}

static PyObject *reversed(PyObject *self, PyObject *none)
{
    (void)none;
    return together(REVERSED, self);
}

/* Pickled and copied, it is a plain dict. */
static PyObject *reduce(PyObject *self, PyObject *none)
{
    PyObject *plain;

    (void)none;
    note_all(self);
    plain = PyDict_Copy(self);
    return plain ? Py_BuildValue("O(N)", &PyDict_Type, plain) : NULL;
}

static PyObject *subscript(PyObject *self, PyObject *key)
{
    note_key(self, key);
    return PyDict_Type.tp_as_mapping->mp_subscript(self, key);
}

static int contains(PyObject *self, PyObject *key)
{
    note_key(self, key);
    return PyDict_Contains(self, key);
}

static PyObject *iterate(PyObject *self)
{
    note_all(self);
    return PyDict_Type.tp_iter(self);
}

static PyObject *represent(PyObject *self)
{
    note_all(self);
    return PyDict_Type.tp_repr(self);
}

static PyObject *compare(PyObject *self, PyObject *other, int operation)
{
    note_all(self);
    if (PyObject_TypeCheck(other, &type))
        note_all(other);
    return PyDict_Type.tp_richcompare(self, other, operation);
}

static PyObject *merge(PyObject *left, PyObject *right)
{
    if (PyObject_TypeCheck(left, &type))
        note_all(left);
    if (PyObject_TypeCheck(right, &type))
        note_all(right);
    return PyDict_Type.tp_as_number->nb_or(left, right);
}

static PyMethodDef method_table[] = {
    {"get", (PyCFunction)(void (*)(void))get, METH_FASTCALL, NULL},
    {"pop", (PyCFunction)(void (*)(void))pop, METH_FASTCALL, NULL},
    {"setdefault", (PyCFunction)(void (*)(void))setdefault, METH_FASTCALL, NULL},
    {"keys", keys, METH_NOARGS, NULL},
    {"items", items, METH_NOARGS, NULL},
    {"values", values, METH_NOARGS, NULL},
    {"copy", copy, METH_NOARGS, NULL},
    {"popitem", popitem, METH_NOARGS, NULL},
    {"__reversed__", reversed, METH_NOARGS, NULL},
    {"__reduce__", reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMappingMethods as_mapping;
static PySequenceMethods as_sequence;
static PyNumberMethods as_number;

static PyTypeObject type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "retrial.params",
    .tp_basicsize = sizeof(struct params),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "The parameters of a trial: a dict that notes what is read of it.",
    .tp_methods = method_table,
    .tp_as_mapping = &as_mapping,
    .tp_as_sequence = &as_sequence,
    .tp_as_number = &as_number,
    .tp_iter = iterate,
    .tp_repr = represent,
    .tp_richcompare = compare,
    .tp_hash = PyObject_HashNotImplemented,
};

int rt_python_reads_start(void)
{
    type.tp_base = &PyDict_Type;
    as_mapping = *PyDict_Type.tp_as_mapping;
    as_mapping.mp_subscript = subscript;
    as_sequence = *PyDict_Type.tp_as_sequence;
    as_sequence.sq_contains = contains;
    as_number = *PyDict_Type.tp_as_number;
    as_number.nb_or = merge;
    for (int i = 0; i < METHODS; i++) {
        methods[i] = PyObject_GetAttrString((PyObject *)&PyDict_Type, names[i]);
        if (!methods[i])
            return -1;
    }
    return PyType_Ready(&type);
}

PyObject *rt_python_reads_type(void)
{
    return (PyObject *)&type;
}

PyObject *rt_python_reads_dict(struct rt_python_scope *scope)
{
    struct params *params = (struct params *)PyObject_CallNoArgs((PyObject *)&type);

    if (params)
        params->scope = scope;
    return (PyObject *)params;
}

void rt_python_scope_note(struct rt_python_scope *scope, const char *name)
{
    note_name(scope, name);
}

PyObject *rt_python_reads_plain(PyObject *dict)
{
    PyObject *plain = PyDict_New();
    PyObject *key;
    PyObject *value;
    Py_ssize_t at = 0;

    while (plain && PyDict_Next(dict, &at, &key, &value)) {
        if (PyDict_SetItem(plain, key, value) < 0)
            Py_CLEAR(plain);
    }
    return plain;
}
