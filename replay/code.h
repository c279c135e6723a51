#ifndef RT_REPLAY_CODE_H
#define RT_REPLAY_CODE_H
/*
 * Which code a replay runs: for each recorded code state the one that stands
 * for it. What is new is snapshotted, and its CODE event appended: the store
 * must be open for writing.
 */
#include "replay/origin.h"

struct rt_codes;

/* `wanted` is "recorded", "current", the beginning of a code state (6 digits or more), or a
 * revision of the repositories that the code was from. With `look` nothing is written: of a
 * revision and of "current" it is only found out whether they are there and have the entry; both
 * then count as recorded. */
struct rt_codes *rt_codes_new(struct rt_store *store, struct rt_db *index, const char *wanted,
                              bool look);
void rt_codes_free(struct rt_codes *codes); /* accepts NULL */

/* *code is borrowed, and the same pointer for equal states; NULL: as recorded. RT_EUSAGE or
 * RT_ENOTFOUND if there is none, for this origin. */
int rt_codes_find(struct rt_codes *codes, const struct rt_origin *origin,
                  const struct rt_hash **code, struct rt_err *err);

#endif
