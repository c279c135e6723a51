#ifndef RT_ENGINE_PYTHON_MODULE_H
#define RT_ENGINE_PYTHON_MODULE_H
/*
 * What the module retrial-python.so exports as `rt_python_module`. It is the
 * only part that is linked with libpython, and is loaded by templates alone.
 */
#include "engine/entry.h"

#define RT_PYTHON_ABI 1

struct rt_python_module {
    int abi; /* RT_PYTHON_ABI */
    int (*load)(const struct rt_entry_task *task, struct rt_entry **out, struct rt_err *err);
};

#endif
