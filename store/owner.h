#ifndef RT_STORE_OWNER_H
#define RT_STORE_OWNER_H
/* Owners of locks: who this process is, whether another one lives, and their JSON form. */
#include "base/buf.h"
#include "base/json.h"
#include "store/lock.h"

int rt_owner_self(struct rt_lock_owner *owner, struct rt_err *err);
/* False only if it is certain that the owner is gone. `self`: from rt_owner_self(). */
bool rt_owner_lives(const struct rt_lock_owner *owner, const struct rt_lock_owner *self);
/* Who neither a process nor a machine id tells whether it lives: an owner of another boot of a host
 * of this name. Whoever lives gives signs of life, which can be watched for. */
bool rt_owner_is_doubtful(const struct rt_lock_owner *owner, const struct rt_lock_owner *self);
/* For how long: $RETRIAL_TAKEOVER, or 30 s. */
uint64_t rt_owner_silence_us(void);
/* Both are processes of one host since it booted, which see each other: rt_owner_lives() is certain
 * of them. */
bool rt_owner_is_near(const struct rt_lock_owner *owner, const struct rt_lock_owner *self);
/* How long ago the process of an owner that is near was started, by the clock that counts from
 * boot, which nobody sets. */
uint64_t rt_owner_age_us(const struct rt_lock_owner *owner);
/* What the owner left on a local disk may be on this host's: it has the owner's name, or had. */
bool rt_owner_was_here(const struct rt_lock_owner *owner, const struct rt_lock_owner *self);

struct rt_json *rt_owner_json(const struct rt_lock_owner *owner);             /* yours */
int rt_owner_from(const struct rt_json *object, struct rt_lock_owner *owner); /* 0, or -1: none */
void rt_owner_put(struct rt_buf *out, const struct rt_lock_owner *owner);
int rt_owner_get(struct rt_span text, struct rt_lock_owner *owner); /* 0, or -1 if it is none */

#endif
