#ifndef RT_ENGINE_MODULE_H
#define RT_ENGINE_MODULE_H
/*
 * Modules: parts of the program that need a library not every machine has.
 * They are looked for in RETRIAL_MODULES, or else beside the program
 * (../lib/retrial, lib/retrial, .), and stay loaded for good.
 */
#include "base/buf.h"
#include "base/err.h"

/* Where the file is, or NULL; yours. The folders looked in are appended to *looked. */
char *rt_module_find(const char *file, struct rt_buf *looked);

/* Loads a file that was found and gets at a symbol of it. Its libraries' symbols become global, as
 * plugins of MPIs and Python's extension modules expect. */
int rt_module_open(const char *path, const char *symbol, const void **out, struct rt_err *err);

#endif
