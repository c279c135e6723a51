#ifndef RT_STORE_STORE_IO_H
#define RT_STORE_STORE_IO_H
/* Opening a store on a disk that fails as a test wants it to. */
#include "store/io.h"
#include "store/store.h"

int rt_store_open_io(const char *path, enum rt_store_mode mode, const struct rt_io *io,
                     struct rt_store **out, struct rt_err *err);

#endif
