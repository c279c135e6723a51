/* How a running trial speaks to its agent; within Python's stable ABI, as both modules have it. */
#include "engine/modules/python.h"

#include "engine/entry.h"

static const struct rt_call *running; /* NULL: none */

/* Others of the trial's threads may run meanwhile, and ask, too. */
static PyObject *ask_agent(PyObject *module, PyObject *question)
{
    struct rt_call call = running ? *running : (struct rt_call){0}; /* it may end meanwhile */
    struct rt_buf answer = RT_BUF_INIT;
    PyObject *bytes;
    Py_ssize_t size;
    char *data;

    (void)module;
    if (PyBytes_AsStringAndSize(question, &data, &size) < 0)
        return NULL;
    if (!call.ask) {
        PyErr_SetString(PyExc_RuntimeError, "no trial runs");
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS call.ask(call.link, rt_span(data, (size_t)size), &answer);
    Py_END_ALLOW_THREADS bytes =
        PyBytes_FromStringAndSize((const char *)answer.data, (Py_ssize_t)answer.size);
    rt_buf_clear(&answer);
    return bytes;
}

static PyMethodDef method = {"ask_agent", ask_agent, METH_O, NULL};

int rt_python_link_start(PyObject *glue)
{
    PyObject *function = PyCFunction_NewEx(&method, NULL, NULL);
    int rc = function ? PyObject_SetAttrString(glue, "ask_agent", function) : -1;

    Py_XDECREF(function);
    return rc;
}

void rt_python_link_set(const struct rt_call *call)
{
    running = call;
}
