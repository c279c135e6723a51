#ifndef RT_ENGINE_MODULES_PYTHON_H
#define RT_ENGINE_MODULES_PYTHON_H
/* The door to libpython, and what the files of its module share. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/span.h"
#include "store/reads.h"

#include <stdbool.h>

/* Turns canonical JSON (followed by a NUL) into an object; a new reference, or NULL with a Python
 * exception set. */
PyObject *rt_python_from_json(struct rt_span json);

/* Where dicts of params note what is read of them (docs/parameters-that-matter.md). Scopes live as
 * long as the process. */
struct rt_python_scope;

/* Once, as the interpreter has started; -1 with a Python exception set. */
int rt_python_reads_start(void);
PyObject *rt_python_reads_type(void); /* of dicts that note; borrowed */
/* The scope of whole params ("") that notes into *reads, whatever that is then; NULL: nowhere. */
struct rt_python_scope *rt_python_scope_new(struct rt_reads **reads, const char *path);
/* The scope of the dict that a key of it holds. */
struct rt_python_scope *rt_python_scope_below(struct rt_python_scope *scope, PyObject *key);
void rt_python_scope_note(struct rt_python_scope *scope, const char *name);
/* An empty dict that notes what is read of it. */
PyObject *rt_python_reads_dict(struct rt_python_scope *scope);

/* A plain dict with the items of one that notes; nothing is noted. */
PyObject *rt_python_reads_plain(PyObject *dict);

/* Reads in processes that a model forks. share: in the worker, before it may fork; tell: of a name
 * that was noted, whoever does; take: adds what others have told. */
void rt_python_forked_share(void);
void rt_python_forked_tell(const char *name);
void rt_python_forked_take(struct rt_reads *reads);

/* As rt_python_from_json(), with dicts (not those in lists) that note what is read of them. */
PyObject *rt_python_params(struct rt_span json, struct rt_python_scope *scope);

struct rt_call;

/* Gives the glue `ask_agent`, by which a running trial speaks to its agent; -1 with a Python
 * exception set. And the call that runs; NULL: none. */
int rt_python_link_start(PyObject *glue);
void rt_python_link_set(const struct rt_call *call);

/* Turns what a function returned into a JSON object of metrics; a bare number gets the name
 * `metric`. RT_EUSAGE with the reason; never leaves a Python exception set. */
int rt_python_result(PyObject *value, const char *metric, struct rt_json **out, struct rt_err *err);

/* Any object as JSON; likewise. */
int rt_python_to_json(PyObject *value, struct rt_json **out, struct rt_err *err);

/* True if the executable, links resolved, is that of the build that this module is linked with;
 * that of a virtual environment made with it is a link to it. */
bool rt_python_fits(const char *executable);

/* Starts the interpreter, as if `executable` had been run (one that fits, or NULL for the build's
 * own). RT_EUSAGE if it does not start. */
int rt_python_start(const char *executable, struct rt_err *err);

#endif
