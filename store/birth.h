#ifndef RT_STORE_BIRTH_H
#define RT_STORE_BIRTH_H
/* How a store comes to be, and the file `format` that says that a folder is one. */
#include <stdint.h>
#include "base/err.h"
#include "store/event.h"
#include "store/io.h"

/* Makes a store at a path where there is none, or an empty folder. It appears there whole, by
 * rename; if somebody else made one meanwhile, that one stays. */
int rt_birth_make(const char *path, const struct rt_io *io, struct rt_err *err);

/* The same for a store with this UUID, and with this first event or (NULL) one of its own. */
int rt_birth_make_as(const char *path, const uint8_t uuid[16], const struct rt_event *first,
                     const struct rt_io *io, struct rt_err *err);

/* RT_EIO if a folder is there that this user may not look into. */
int rt_birth_check_access(const char *path, struct rt_err *err);

/* Reads `format`. RT_ENOTFOUND if the folder is no store, RT_ENEWER, RT_EDAMAGED. */
int rt_birth_read(const char *path, uint8_t uuid[16], struct rt_err *err);

#endif
