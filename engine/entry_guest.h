#ifndef RT_ENGINE_ENTRY_GUEST_H
#define RT_ENGINE_ENTRY_GUEST_H
/* Python functions in an interpreter of another build than our libpython: see engine/guest.h. Every
 * worker starts one and imports the entry in it; a template only tries whether that works. */
#include "engine/entry.h"

int rt_entry_guest_load(const struct rt_entry_task *task, const char *executable,
                        struct rt_entry **out, struct rt_err *err);

#endif
