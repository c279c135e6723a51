#ifndef RT_ENGINE_PARCEL_H
#define RT_ENGINE_PARCEL_H
/*
 * A parcel: a file, or a folder with all in it as one file, so that it can be
 * kept and handed on as bytes. Nothing is held in memory.
 *
 * A folder's parcel is the line "retrial parcel 1", then its entries as a
 * walk finds them, sorted by name: kind (u8: 'd' folder, 'f' file, 'l' link),
 * permissions (u32), path (u32 size and bytes), then of a file its size (u64)
 * and bytes, of a link its target as the path; at last 'e'. Little-endian.
 */
#include <stdbool.h>
#include "base/err.h"

/* Copies path, a file or a folder, to the new file `parcel`, synced or not. A file within the
 * folder `movable` (may be NULL) is moved. RT_EUSAGE if it is neither. */
int rt_parcel_make(const char *path, const char *parcel, const char *movable, bool *folder,
                   struct rt_err *err);

/* Makes the folder `path`, which is new, of a folder's parcel. RT_EDAMAGED */
int rt_parcel_unpack(const char *parcel, const char *path, struct rt_err *err);

#endif
