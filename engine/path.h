#ifndef RT_ENGINE_PATH_H
#define RT_ENGINE_PATH_H
/* Paths as texts; no file is looked at. */
#include <stdbool.h>

/* `name`, which starts at the absolute `folder` unless it is absolute, without ".", ".." and
 * double slashes. Yours. */
char *rt_path_resolve(const char *folder, const char *name);

/* True if a resolved path is `folder` or lies below it. */
bool rt_path_below(const char *path, const char *folder);

#endif
