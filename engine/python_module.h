#ifndef RT_ENGINE_PYTHON_MODULE_H
#define RT_ENGINE_PYTHON_MODULE_H
/*
 * What the module retrial-python.so exports as `rt_python_module`. It is the
 * only part that is linked with libpython, and is loaded by templates alone.
 */
#include "engine/entry.h"

#define RT_PYTHON_ABI 4

struct rt_python_module {
    int abi;                              /* RT_PYTHON_ABI */
    bool (*fits)(const char *executable); /* it is of the build that is linked */
    int (*load)(const struct rt_entry_task *task, struct rt_entry **out, struct rt_err *err);
};

#endif
