#ifndef RT_STORE_MIRROR_H
#define RT_STORE_MIRROR_H
/*
 * Brings what never changes once it is there from one store or home to
 * another: objects, and the files of the repository of code states. What the
 * other side has is not copied again.
 */
#include "store/event.h"
#include "store/objects.h"

/* The objects that an event names. Synced when it returns. */
int rt_mirror_objects(const struct rt_event *event, const struct rt_objects *from,
                      struct rt_objects *to, struct rt_err *err);

/* All files of the repository `from` that `to` lacks: references after what they lead to. Nothing
 * if there is no such repository. Synced when it returns. */
int rt_mirror_code(const char *from, const char *to, struct rt_err *err);

#endif
