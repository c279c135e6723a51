#ifndef RT_ENGINE_MODULES_PYTHON_H
#define RT_ENGINE_MODULES_PYTHON_H
/* The door to libpython, and what the files of its module share. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

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

/* Starts the interpreter that this module was built with. RT_EUSAGE if it does not start. */
int rt_python_start(struct rt_err *err);

#endif
