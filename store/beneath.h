#ifndef RT_STORE_BENEATH_H
#define RT_STORE_BENEATH_H
/*
 * Files below a folder, never outside of it: every step of a path is opened
 * relative to the one before, and a symbolic link on the way is an error.
 * (openat2() would do it in one call, but kernels of clusters lack it.)
 *
 * Functions return -1 with errno, as the calls that they stand for.
 */
#include <stdbool.h>
#include <sys/types.h>

/* Whether this is a clean relative path: no empty part, no ".", no "..", shorter than PATH_MAX. */
bool rt_beneath_valid(const char *path);

/* Opens the folder that path's last part lies in; *name is that part, borrowed from path.
 * If `make`, folders that are missing are made with this mode. */
int rt_beneath_parent(int root, const char *path, mode_t make, const char **name);

/* As openat(), with O_NOFOLLOW and O_CLOEXEC. */
int rt_beneath_open(int root, const char *path, int flags, mode_t mode);

#endif
