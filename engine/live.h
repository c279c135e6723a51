#ifndef RT_ENGINE_LIVE_H
#define RT_ENGINE_LIVE_H
/*
 * Live modules: imported from past the snapshot, as a JSON array of pairs [name, path], in the
 * order in which they were noticed.
 */
#include <stddef.h>
#include "base/json.h"

#define RT_LIVE_MAX 64u /* more are not told apart from these */

/* Adds those of an object of name to path that are new; *list may be NULL. Returns how many. */
size_t rt_live_add(struct rt_json **list, const struct rt_json *object);

/* The list as an object of name to path; yours. */
struct rt_json *rt_live_object(const struct rt_json *list);

#endif
