#ifndef RT_ENGINE_CODE_GUARD_H
#define RT_ENGINE_CODE_GUARD_H
/*
 * A guard of the unpacked code, which all workers of an agent share: looks now and then whether
 * trials left it as it was. One that did not may have changed others.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

struct rt_code_guard;

/* Of a bundle just unpacked below `folder`. */
int rt_code_guard_new(struct rt_span bundle, const char *folder, struct rt_code_guard **out,
                      struct rt_err *err);
void rt_code_guard_free(struct rt_code_guard *guard);

/* Whether it is time to look again while trials run. */
bool rt_code_guard_due(const struct rt_code_guard *guard, uint64_t mono_us);

/* Looks. NULL, or, once, what has been changed, where and since when, as a sentence; yours. */
char *rt_code_guard_look(struct rt_code_guard *guard, uint64_t mono_us);

/* The path of a file that was written beside the recorded ones, where all workers share it; yours.
 * NULL if there is none. */
char *rt_code_guard_beside(const struct rt_code_guard *guard);

#endif
