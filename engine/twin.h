#ifndef RT_ENGINE_TWIN_H
#define RT_ENGINE_TWIN_H
/*
 * A twin: a worker's own copy of a file of the recorded code.
 *
 * Views have links to the files of the code, which are read-only. Those who may write them
 * nevertheless, as root may, get twins instead: what they write is then their own.
 */
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>
#include "base/err.h"

struct rt_twin {
    ino_t inode;
    off_t size;
    struct timespec changed; /* when, as we left it */
    bool settled;            /* any later change has another time */
};

/* Makes the file `name` of the folder what `original` is, unless it is already. */
int rt_twin_restore(struct rt_twin *twin, int folder, const char *name, const char *original,
                    struct rt_err *err);

/* True if nothing has happened to it since; `path` is relative to the folder. */
bool rt_twin_untouched(const struct rt_twin *twin, int folder, const char *path);

#endif
