#ifndef RT_ENGINE_PACKAGES_H
#define RT_ENGINE_PACKAGES_H
/*
 * Packages of interpreters in AGENT events: thousands of agents have the same
 * ones, so that a launch records each list once and names it by its hash.
 */
#include <stddef.h>
#include "base/hash.h"
#include "base/json.h"

struct rt_packages {
    struct rt_hash *known; /* lists that the launch has recorded */
    size_t count;
    size_t capacity;
};

void rt_packages_clear(struct rt_packages *packages);

/* Turns the member `packages` of an interpreter, {name: version}, into
 * {"sha256": hex, "count": n, "list": {name: version}}, the list only if it is new. */
void rt_packages_note(struct rt_packages *packages, struct rt_json *interpreter);

#endif
