#ifndef RT_ENGINE_MODULE_H
#define RT_ENGINE_MODULE_H
/*
 * Modules: parts of the program that need a library not every machine has.
 * They are looked for in RETRIAL_MODULES, or else beside the program
 * (../lib/retrial, lib/retrial, .), and stay loaded for good.
 */
#include "base/err.h"

/* Loads `file` and finds `symbol` in it. RT_ENOTFOUND naming the folders looked in. Its libraries'
 * symbols become global, as plugins of MPIs and Python's extension modules expect. */
int rt_module_load(const char *file, const char *symbol, const void **out, struct rt_err *err);

#endif
