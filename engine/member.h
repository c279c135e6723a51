#ifndef RT_ENGINE_MEMBER_H
#define RT_ENGINE_MEMBER_H
/*
 * Looks up one member in canonical JSON (docs/canonical-json.md) without reading the rest into
 * memory: most models ask for a few of their params, in trials that may take microseconds.
 */
#include <stdbool.h>
#include "base/span.h"

enum rt_member {
    RT_MEMBER_MISSING,
    RT_MEMBER_FOUND,
    RT_MEMBER_UNSURE, /* names with escapes are met: parse the text instead */
};

/* The value of `key` in an object, borrowed from `text`. "opt.lr" is the member of that name or,
 * if there is none, "lr" in the object "opt". Bad text: RT_MEMBER_UNSURE. */
enum rt_member rt_member_find(struct rt_span text, const char *key, struct rt_span *value);

#endif
