#ifndef RT_REPLAY_STEERED_H
#define RT_REPLAY_STEERED_H
/*
 * Originals that were told something while they ran: by a rule of their study, or by a driver that
 * saw what they reported.
 *
 * A replay is told the same at the same calls, if the record has these. If it has not, or was not
 * to, what a driver has steered is not comparable. A command looks for what it is told when it
 * likes: the same can come out, but need not.
 */
#include "replay/measure.h"
#include "store/db.h"

/* Those originals of a replay, by point and read, are set `missing` or `loose`, with the reason. */
int rt_steered_note(struct rt_db *index, const struct rt_plan *plan, struct rt_measure *originals,
                    size_t count, struct rt_err *err);

#endif
