#ifndef RT_ENGINE_MODULES_GUEST_H
#define RT_ENGINE_MODULES_GUEST_H
/* What the files of retrial-guest.so share. */
#include "engine/modules/python.h"

/* Before anything is hashed; -1 with a Python exception set. */
int rt_guest_hash_start(void);

#endif
