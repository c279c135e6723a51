#ifndef RT_ENGINE_ENTRY_GUEST_H
#define RT_ENGINE_ENTRY_GUEST_H
/* Python functions whose import no forked process may share: every worker starts an interpreter
 * (engine/guest.h) and imports the entry in it. */
#include "base/json.h"
#include "engine/entry.h"

/* Of an entry that was imported already; `about` tells of the interpreter, and why it is not
 * shared. */
int rt_entry_guest_new(const struct rt_entry_task *task, const char *executable,
                       const struct rt_json *about, struct rt_entry **out, struct rt_err *err);

/* Of one that was not: it is tried first. `unshared` is the reason. */
int rt_entry_guest_load(const struct rt_entry_task *task, const char *executable,
                        const char *unshared, struct rt_entry **out, struct rt_err *err);

#endif
