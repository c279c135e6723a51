/*
 * Entries that are Python functions. The interpreter, the function and the
 * helpers of python/retrial/worker.py live as long as the process.
 */
#include "engine/modules/python.h"

#include "base/alloc.h"
#include "engine/python_module.h"
#include "python_trial.h"
#include "python_worker.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TRACEBACK_MAX 16384 /* characters */

struct python_entry {
    struct rt_entry base;
    PyObject *glue;
    PyObject *function;
    bool whole;                    /* params as one dict, not as keywords */
    bool undecided;                /* each trial's params say which: a driver has them */
    PyObject *named;               /* params that the signature names; "*" if it takes any */
    struct rt_reads *reads;        /* of the running trial */
    struct rt_python_scope *scope; /* that notes into them */
    bool named_noted;
    bool trial; /* the function takes `trial` */
    bool seed;  /* the function takes `seed` */
    PyObject *make_trial;
    PyObject *seed_all;
    PyObject *modules;     /* sys.modules */
    Py_ssize_t looked_at;  /* so many modules were there when they were looked at last */
    PyObject *seedable[4]; /* names of modules with random numbers */
    PyObject *flush;       /* the text "flush" */
    PyObject *seed_name;   /* the text "seed" */
    int64_t seeded;        /* what the helpers know as the seed; -1: nothing yet */
    char *metric;
    char *about;
    PyThreadState *paused;
};

static const char *const seedable[] = {"random", "numpy.random", "torch", "tensorflow"};

static int run_text(PyObject *globals, const char *text)
{
    PyObject *code = globals ? Py_CompileString(text, "<retrial>", Py_file_input) : NULL;
    PyObject *done = code ? PyEval_EvalCode(code, globals, globals) : NULL;

    Py_XDECREF(code);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static int load_glue(PyObject **out, struct rt_err *err)
{
    PyObject *module = PyImport_AddModule("_retrial"); /* borrowed */
    PyObject *globals = module ? PyModule_GetDict(module) : NULL;
    PyObject *done = NULL;

    *out = module;
    if (run_text(globals, rt_python_worker) == 0 && run_text(globals, rt_python_trial) == 0 &&
        rt_python_link_start(module) == 0)
        done = PyObject_CallMethod(module, "start", NULL);
    Py_XDECREF(done);
    if (done)
        return 0;
    PyErr_Print();
    return rt_err_set(err, RT_EUSAGE, "starting Python: its standard library is incomplete");
}

/* The exception that was raised, normalised, with its traceback; a new reference. */
static PyObject *take_exception(void)
{
    PyObject *type;
    PyObject *value;
    PyObject *trace;

    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (trace)
        PyException_SetTraceback(value, trace);
    Py_XDECREF(type);
    Py_XDECREF(trace);
    return value;
}

/* Appends what a helper of ours says about an exception. */
static void put_described(struct rt_buf *out, PyObject *text)
{
    PyObject *bytes = text ? PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace") : NULL;

    if (bytes)
        rt_buf_put(out, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
    else
        rt_buf_add(out, "an exception that cannot be described");
    PyErr_Clear();
    Py_XDECREF(bytes);
    Py_XDECREF(text);
}

static int refuse_load(PyObject *glue, const char *file, struct rt_err *err)
{
    PyObject *error = take_exception();
    struct rt_buf text = RT_BUF_INIT;

    put_described(&text, PyObject_CallMethod(glue, "describe_load", "Os", error, file));
    rt_err_set(err, RT_EUSAGE, "%s", rt_buf_text(&text));
    rt_buf_clear(&text);
    Py_XDECREF(error);
    return RT_EUSAGE;
}

static int set_text(PyObject *object, const char *name, const char *text)
{
    PyObject *value = PyUnicode_FromString(text);
    int rc = value ? PyObject_SetAttrString(object, name, value) : -1;

    Py_XDECREF(value);
    return rc;
}

static int load_function(struct python_entry *self, const struct rt_entry_task *task,
                         struct rt_err *err)
{
    const char *file = rt_json_get_text(task->entry, "file", "");
    const char *function = rt_json_get_text(task->entry, "function", "");
    PyObject *params = rt_python_from_json(rt_span_text(task->params));
    PyObject *seeded = NULL;
    PyObject *loaded = NULL;
    int rc = 0;

    seeded = PyObject_CallMethod(self->glue, "seed_all", "I", task->seed);
    if (seeded && set_text(self->glue, "metric", task->metric) < 0)
        Py_CLEAR(seeded);
    if (params && seeded)
        loaded =
            PyObject_CallMethod(self->glue, "load", "sssO", task->folder, file, function, params);
    if (!loaded) {
        rc = refuse_load(self->glue, file, err);
    } else {
        self->function = Py_NewRef(PyTuple_GET_ITEM(loaded, 0));
        self->whole = PyTuple_GET_ITEM(loaded, 1) == Py_True;
        self->undecided = PyTuple_GET_ITEM(loaded, 1) == Py_None;
        self->trial = PyTuple_GET_ITEM(loaded, 2) == Py_True;
        self->seed = PyTuple_GET_ITEM(loaded, 3) == Py_True;
        self->named = Py_NewRef(PyTuple_GET_ITEM(loaded, 4));
    }
    Py_XDECREF(params);
    Py_XDECREF(seeded);
    Py_XDECREF(loaded);
    return rc;
}

static int describe_interpreter(struct python_entry *self, struct rt_err *err)
{
    PyObject *about = PyObject_CallMethod(self->glue, "about", NULL);
    struct rt_json *json;
    int rc;

    if (!about)
        return refuse_load(self->glue, "", err);
    if ((rc = rt_python_to_json(about, &json, err)) == 0) {
        self->about = rt_json_text(json);
        self->base.about = self->about;
        rt_json_free(json);
    }
    Py_DECREF(about);
    return rc;
}

static void seed(struct python_entry *self, uint32_t value)
{
    PyObject *number;
    bool any = false;

    for (size_t i = 0; i < sizeof seedable / sizeof seedable[0]; i++)
        any |= PyDict_GetItem(self->modules, self->seedable[i]) != NULL;
    if (!any && self->seeded == value)
        return;
    self->seeded = value;
    number = PyLong_FromUnsignedLong(value);
    if (any)
        Py_XDECREF(PyObject_CallOneArg(self->seed_all, number));
    else
        PyObject_SetAttr(self->glue, self->seed_name, number);
    if (PyErr_Occurred())
        PyErr_WriteUnraisable(self->seed_all); /* a module of that name without our function */
    Py_DECREF(number);
}

static int add_extra(PyObject *keywords, const char *name, PyObject *value)
{
    int rc = value ? PyDict_SetItemString(keywords, name, value) : -1;

    Py_XDECREF(value);
    return rc;
}

/* The keywords that the function asked for beside params, added to `keywords`. */
static int add_extras(struct python_entry *self, const struct rt_call *call, PyObject *keywords)
{
    if (self->trial &&
        add_extra(keywords, "trial",
                  PyObject_CallFunction(self->make_trial, "sKIII", call->id,
                                        (unsigned long long)call->ordinal, call->attempt,
                                        call->replicate, call->seed)) < 0)
        return -1;
    if (self->seed && add_extra(keywords, "seed", PyLong_FromUnsignedLong(call->seed)) < 0)
        return -1;
    return 0;
}

/* Parameters of the function count as read, once it is called. */
static void note_named(struct python_entry *self)
{
    if (self->named_noted)
        return;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self->named); i++) {
        const char *name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(self->named, i));

        if (name)
            rt_python_scope_note(self->scope, name);
        PyErr_Clear();
    }
    self->named_noted = true;
}

/* Whether some of the params are arguments of the function. */
static bool has_arguments(const struct python_entry *self, PyObject *params)
{
    Py_ssize_t place = 0;
    PyObject *key;
    PyObject *value;

    while (PyDict_Next(params, &place, &key, &value)) {
        if (PySequence_Contains(self->named, key) == 1)
            return true;
    }
    PyErr_Clear();
    return false;
}

/* The params of a call: a dict that notes what is read of it, or keywords. */
static PyObject *make_params(struct python_entry *self, const struct rt_call *call)
{
    PyObject *params = rt_python_params(call->params, self->scope);
    PyObject *keywords;

    if (self->undecided && params)
        self->whole = !has_arguments(self, params);
    if (self->whole || !params)
        return params;
    note_named(self);
    keywords = rt_python_reads_plain(params);
    Py_DECREF(params);
    return keywords;
}

static PyObject *call_function(struct python_entry *self, const struct rt_call *call)
{
    PyObject *params = make_params(self, call);
    PyObject *keywords = NULL;
    PyObject *arguments = NULL;
    PyObject *value = NULL;

    if (!params)
        return NULL;
    if (self->whole && !self->trial && !self->seed) {
        value = PyObject_CallOneArg(self->function, params);
        Py_DECREF(params);
        return value;
    }
    keywords = self->whole ? PyDict_New() : Py_NewRef(params);
    arguments = self->whole ? PyTuple_Pack(1, params) : PyTuple_New(0);
    if (keywords && arguments && add_extras(self, call, keywords) == 0)
        value = PyObject_Call(self->function, arguments, keywords);
    Py_DECREF(params);
    Py_XDECREF(keywords);
    Py_XDECREF(arguments);
    return value;
}

/* sys.exit() ends the trial, not the worker. */
static void end_by_exit(PyObject *error, struct rt_ended *ended)
{
    PyObject *code = PyObject_GetAttrString(error, "code");
    PyObject *text = code && code != Py_None ? PyObject_Str(code) : NULL;
    const char *shown = text ? PyUnicode_AsUTF8(text) : NULL;

    if (!code || code == Py_None || (PyLong_Check(code) && PyObject_Not(code) == 1))
        rt_ended_failed(ended, "the function called sys.exit() instead of returning a result");
    else
        rt_ended_failed(ended, "the function called sys.exit(%.1000s)", shown ? shown : "...");
    if (code && PyLong_Check(code))
        ended->status = (int32_t)(PyLong_AsUnsignedLongMask(code) & 0xFF);
    else
        ended->status = code && code != Py_None;
    PyErr_Clear();
    Py_XDECREF(text);
    Py_XDECREF(code);
}

/* Whether the exception says that the trial has stopped; then it ends so. */
static bool end_pruned(struct python_entry *self, PyObject *error, struct rt_ended *ended)
{
    PyObject *why = error ? PyObject_CallMethod(self->glue, "pruned", "O", error) : NULL;
    bool pruned = why && why != Py_None;

    PyErr_Clear();
    if (pruned) {
        ended->outcome = RT_OUTCOME_PRUNED;
        put_described(&ended->reason, why); /* takes it */
    } else {
        Py_XDECREF(why);
    }
    return pruned;
}

static void end_by_exception(struct python_entry *self, struct rt_ended *ended)
{
    PyObject *error = take_exception();

    if (end_pruned(self, error, ended)) {
        Py_XDECREF(error);
        return;
    }
    if (error && PyObject_TypeCheck(error, (PyTypeObject *)PyExc_SystemExit)) {
        end_by_exit(error, ended);
    } else {
        ended->outcome = RT_OUTCOME_FAILED;
        put_described(&ended->reason,
                      PyObject_CallMethod(self->glue, "describe", "Oi", error, TRACEBACK_MAX));
    }
    Py_XDECREF(error);
}

static void call_and_judge(struct python_entry *self, const struct rt_call *call,
                           struct rt_ended *ended)
{
    PyObject *value = call_function(self, call);
    struct rt_json *json;
    struct rt_err err;

    if (!value) {
        end_by_exception(self, ended);
        return;
    }
    if (rt_python_result(value, self->metric, &json, &err) < 0) {
        rt_ended_failed(ended, "%s", err.text);
    } else {
        ended->outcome = RT_OUTCOME_OK;
        rt_json_canonical(json, &ended->result);
        rt_json_free(json);
    }
    Py_DECREF(value);
}

/* Tells which modules the trial imported from past the snapshot. */
static void look_at_modules(struct python_entry *self, struct rt_buf *out)
{
    struct rt_json *json;
    PyObject *found;

    if (!out || PyDict_Size(self->modules) == self->looked_at)
        return;
    self->looked_at = PyDict_Size(self->modules);
    found = PyObject_CallMethod(self->glue, "live_modules", NULL);
    if (found && PyDict_Size(found) > 0 && rt_python_to_json(found, &json, NULL) == 0) {
        rt_json_canonical(json, out);
        rt_json_free(json);
    }
    PyErr_Clear();
    Py_XDECREF(found);
}

/* Some libraries look into dicts past their methods. */
static void note_unnoticed(struct python_entry *self, struct rt_reads *reads)
{
    PyObject *may = reads->count ? NULL : PyObject_CallMethod(self->glue, "read_unnoticed", NULL);

    if (may == Py_True)
        rt_reads_note(reads, "*");
    PyErr_Clear();
    Py_XDECREF(may);
}

static void run(struct rt_entry *entry, const struct rt_call *call, struct rt_ended *ended)
{
    struct python_entry *self = (struct python_entry *)entry;

    seed(self, call->seed);
    self->reads = call->reads;
    rt_python_forked_share();
    rt_python_link_set(call);
    call_and_judge(self, call, ended);
    rt_python_link_set(NULL);
    rt_python_forked_take(call->reads);
    note_unnoticed(self, call->reads);
    look_at_modules(self, call->live);
}

static pid_t fork_python(struct rt_entry *entry)
{
    pid_t pid;

    (void)entry;
    PyOS_BeforeFork();
    pid = fork();
    if (pid == 0)
        PyOS_AfterFork_Child();
    else
        PyOS_AfterFork_Parent();
    return pid;
}

/* Other threads of users' code may run while the worker waits. */
static void idle(struct rt_entry *entry, bool begins)
{
    struct python_entry *self = (struct python_entry *)entry;

    if (begins)
        self->paused = PyEval_SaveThread();
    else
        PyEval_RestoreThread(self->paused);
}

static void flush_one(struct python_entry *self, const char *name)
{
    PyObject *stream = PySys_GetObject(name); /* borrowed */

    if (stream && stream != Py_None) {
        Py_INCREF(stream);
        Py_XDECREF(PyObject_CallMethodNoArgs(stream, self->flush));
        Py_DECREF(stream);
    }
    PyErr_Clear();
}

static void flush(struct rt_entry *entry)
{
    flush_one((struct python_entry *)entry, "stdout");
    flush_one((struct python_entry *)entry, "stderr");
    fflush(stdout);
}

static void environment(struct rt_entry *entry)
{
    struct python_entry *self = (struct python_entry *)entry;

    Py_XDECREF(PyObject_CallMethod(self->glue, "restore_environment", NULL));
    PyErr_Clear();
}

static void variable(struct rt_entry *entry, const char *name, const char *value)
{
    struct python_entry *self = (struct python_entry *)entry;

    Py_XDECREF(PyObject_CallMethod(self->glue, "keep_variable", "ss", name, value));
    PyErr_Clear();
}

static const struct rt_entry_ops ops = {
    .run = run,
    .fork = fork_python,
    .idle = idle,
    .flush = flush,
    .environment = environment,
    .variable = variable,
};

static int start_reads(struct python_entry *self, struct rt_err *err)
{
    if (rt_python_reads_start() < 0 ||
        PyObject_SetAttrString(self->glue, "Params", rt_python_reads_type()) < 0)
        return refuse_load(self->glue, "", err);
    self->scope = rt_python_scope_new(&self->reads, "");
    return 0;
}

static int load(const struct rt_entry_task *task, struct rt_entry **out, struct rt_err *err)
{
    struct python_entry *self;
    int rc;

    if ((rc = rt_python_start(task->python, err)) < 0)
        return rc;
    self = rt_calloc(1, sizeof *self);
    self->base.ops = &ops;
    self->metric = rt_strdup(task->metric);
    if ((rc = load_glue(&self->glue, err)) < 0 || (rc = start_reads(self, err)) < 0 ||
        (rc = load_function(self, task, err)) < 0 || (rc = describe_interpreter(self, err)) < 0)
        return rc; /* the process ends now */
    self->make_trial = PyObject_GetAttrString(self->glue, "Trial");
    self->seed_all = PyObject_GetAttrString(self->glue, "seed_all");
    self->modules = PyImport_GetModuleDict();
    self->looked_at = PyDict_Size(self->modules);
    self->flush = PyUnicode_InternFromString("flush");
    self->seed_name = PyUnicode_InternFromString("seed");
    self->seeded = -1;
    for (size_t i = 0; i < sizeof seedable / sizeof seedable[0]; i++)
        self->seedable[i] = PyUnicode_InternFromString(seedable[i]);
    *out = &self->base;
    return 0;
}

__attribute__((visibility("default"))) extern const struct rt_python_module rt_python_module;
const struct rt_python_module rt_python_module = {RT_PYTHON_ABI, rt_python_fits, load};
