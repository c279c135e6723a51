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

/* Turns canonical JSON (followed by a NUL) into an object; a new reference, or NULL with a Python
 * exception set. */
PyObject *rt_python_from_json(struct rt_span json);

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
