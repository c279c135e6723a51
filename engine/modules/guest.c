/*
 * The module retrial-guest.so: what a template is, for an interpreter of
 * another build than our libpython that takes a template's place. It is built
 * for Python's stable ABI, which interpreters of all later versions have, and
 * with nothing that a package of theirs may bring in another version.
 */
#include "engine/modules/guest.h"

#include "base/alloc.h"
#include "engine/entry_guest.h"
#include "engine/guest_talk.h"
#include "engine/guest_template.h"
#include "engine/template.h"
#include "python_guest.h"
#include "python_trial.h"
#include "python_worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define GLUE "_retrial" /* the module that worker.py and guest.py make up */

struct shared_entry {
    struct rt_entry base;
    PyObject *glue; /* the functions of worker.py and guest.py */
    char *metric;
    char *about;
    PyThreadState *paused;
};

static int run_text(PyObject *module, const char *text)
{
    PyObject *globals = PyModule_GetDict(module); /* borrowed */
    PyObject *code = Py_CompileString(text, "<retrial>", Py_file_input);
    PyObject *done = NULL;

    if (code && PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) == 0)
        done = PyEval_EvalCode(code, globals, globals);
    Py_XDECREF(code);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

/* Says something to guest.py, and takes its answer (yours). */
static int ask(PyObject *glue, const char *function, const struct rt_json *question,
               struct rt_json **answer, struct rt_err *err)
{
    char *text = rt_json_text(question);
    PyObject *bytes = PyObject_CallMethod(glue, function, "y", text);
    char *data;
    Py_ssize_t size;
    int rc;

    free(text);
    *answer = NULL;
    if (bytes && PyBytes_AsStringAndSize(bytes, &data, &size) == 0) {
        rc = rt_json_parse(rt_span(data, (size_t)size), answer, err);
    } else {
        PyErr_Print();
        rc = rt_err_set(err, RT_EUSAGE, "the interpreter gave no answer");
    }
    Py_XDECREF(bytes);
    return rc;
}

static void run(struct rt_entry *entry, const struct rt_call *call, struct rt_ended *ended)
{
    struct shared_entry *self = (struct shared_entry *)entry;
    struct rt_json *message = rt_guest_call(call);
    struct rt_json *answer;
    struct rt_err err;
    int rc;

    rt_python_link_set(call);
    rc = ask(self->glue, "answer", message, &answer, &err);
    rt_python_link_set(NULL);
    if (rc < 0)
        rt_ended_failed(ended, "%s", err.text);
    else
        rt_guest_take(answer, self->metric, call, ended);
    rt_json_free(message);
    rt_json_free(answer);
}

/* Also where workers do not share the import: they hash, which takes an interpreter that knows that
 * its threads are gone. */
static pid_t fork_guest(struct rt_entry *entry)
{
    PyObject *glue = PyImport_AddModule(GLUE); /* borrowed */
    PyObject *result = glue ? PyObject_CallMethod(glue, "fork", NULL) : NULL;
    long pid = result ? PyLong_AsLong(result) : -EAGAIN;

    (void)entry;
    Py_XDECREF(result);
    PyErr_Clear();
    if (pid >= 0)
        return (pid_t)pid;
    errno = (int)-pid;
    return -1;
}

/* Other threads of users' code may run while the worker waits. */
static void idle(struct rt_entry *entry, bool begins)
{
    struct shared_entry *self = (struct shared_entry *)entry;

    if (begins)
        self->paused = PyEval_SaveThread();
    else
        PyEval_RestoreThread(self->paused);
}

static void call_glue(struct rt_entry *entry, const char *function)
{
    struct shared_entry *self = (struct shared_entry *)entry;

    Py_XDECREF(PyObject_CallMethod(self->glue, function, NULL));
    PyErr_Clear();
}

static void flush(struct rt_entry *entry)
{
    call_glue(entry, "flush");
    fflush(stdout);
}

static void environment(struct rt_entry *entry)
{
    call_glue(entry, "restore_environment");
}

static void variable(struct rt_entry *entry, const char *name, const char *value)
{
    struct shared_entry *self = (struct shared_entry *)entry;

    Py_XDECREF(PyObject_CallMethod(self->glue, "keep_variable", "ss", name, value));
    PyErr_Clear();
}

static const struct rt_entry_ops ops = {
    .run = run,
    .fork = fork_guest,
    .idle = idle,
    .flush = flush,
    .environment = environment,
    .variable = variable,
};

static int load_apart(const struct rt_entry_task *task, const struct rt_json *about,
                      struct rt_entry **out, struct rt_err *err)
{
    static struct rt_entry_ops apart;
    int rc =
        rt_entry_guest_new(task, rt_json_get_text(about, "executable", "python3"), about, out, err);

    if (rc < 0)
        return rc;
    apart = *(*out)->ops;
    apart.fork = fork_guest;
    (*out)->ops = &apart;
    return 0;
}

static int load_glue(PyObject **glue, struct rt_err *err)
{
    *glue = PyImport_AddModule(GLUE); /* borrowed from sys.modules, where it stays */
    if (*glue && run_text(*glue, rt_python_worker) == 0 && run_text(*glue, rt_python_trial) == 0 &&
        run_text(*glue, rt_python_guest) == 0 && rt_python_link_start(*glue) == 0)
        return 0;
    PyErr_Print();
    return rt_err_set(err, RT_EUSAGE, "starting Python: its standard library is incomplete");
}

/* Has guest.py import the entry. On success *about (yours) tells of the interpreter. */
static int import_entry(PyObject *glue, const struct rt_entry_task *task, struct rt_json **about,
                        struct rt_err *err)
{
    struct rt_json *message = rt_guest_task(task, err);
    struct rt_json *answer = NULL;
    const char *refusal;
    int rc;

    if (!message)
        return err->code;
    if ((rc = ask(glue, "begin", message, &answer, err)) == 0) {
        if ((refusal = rt_json_get_text(answer, "error", NULL)) != NULL)
            rc = rt_err_set(err, RT_EUSAGE, "%s", refusal);
        else
            *about = rt_json_keep(rt_json_get(answer, "about"));
    }
    rt_json_free(message);
    rt_json_free(answer);
    return rc;
}

static int load(const struct rt_entry_task *task, struct rt_entry **out, struct rt_err *err)
{
    struct shared_entry *self = rt_calloc(1, sizeof *self);
    struct rt_json *about = NULL;
    int rc;

    self->base.ops = &ops;
    self->metric = rt_strdup(task->metric);
    if ((rc = load_glue(&self->glue, err)) < 0 ||
        (rc = import_entry(self->glue, task, &about, err)) < 0)
        return rc; /* the process ends now */
    if (rt_json_get_text(about, "unshared", NULL)) {
        rc = load_apart(task, about, out, err);
    } else {
        self->base.about = self->about = rt_json_text(about);
        *out = &self->base;
    }
    rt_json_free(about);
    return rc;
}

static PyObject *serve(PyObject *module, PyObject *arguments)
{
    int control;
    int task;

    (void)module;
    if (!PyArg_ParseTuple(arguments, "ii", &control, &task))
        return NULL;
    rt_template_go_on(control, task, load);
}

static PyMethodDef methods[] = {
    {"serve", serve, METH_VARARGS, "Goes on as a template; never returns."},
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module)
{
    return rt_guest_hash_start() < 0 ? -1 : PyModule_AddIntConstant(module, "abi", RT_GUEST_ABI);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill},
    {0, NULL},
};

/* In two phases: so it does not show among the modules that trials may import. */
static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "retrial_guest",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit_retrial_guest(void);
PyMODINIT_FUNC PyInit_retrial_guest(void)
{
    return PyModuleDef_Init(&definition);
}
