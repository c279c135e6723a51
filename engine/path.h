#ifndef RT_ENGINE_PATH_H
#define RT_ENGINE_PATH_H
/* Paths as texts; no file is looked at. */
#include <stdbool.h>

/* `name`, which starts at the absolute `folder` unless it is absolute, without ".", ".." and
 * double slashes. Yours. */
char *rt_path_resolve(const char *folder, const char *name);

/* True if a resolved path is `folder` or lies below it. */
bool rt_path_below(const char *path, const char *folder);

/* What stands behind the last slash. */
const char *rt_path_name(const char *path);

/* How a resolved path reads from a resolved folder: "../lib/x.py". Yours. */
char *rt_path_relative(const char *path, const char *folder);

#endif
