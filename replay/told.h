#ifndef RT_REPLAY_TOLD_H
#define RT_REPLAY_TOLD_H
/*
 * What trials were told while they ran, for their replays to be told at the same calls.
 *
 * It is complete or nothing: of an attempt of which something is missing that it heard (it was
 * recorded before that was, or while its agent was cut off) a replay is told nothing.
 */
#include "replay/origin.h"
#include "store/store.h"

/* Of `count` originals, with event and row, what a plan has as "replay.told"; *out (yours) is NULL
 * if that is nothing. */
int rt_told_of(struct rt_store *store, struct rt_db *index, const struct rt_origin *origins,
               size_t count, struct rt_json **out, struct rt_err *err);

/* Puts that in a plan whose points they are of, which then has a format that knows of it. */
int rt_told_set(struct rt_store *store, struct rt_db *index, const struct rt_origin *origins,
                size_t count, struct rt_json *plan, struct rt_err *err);

#endif
