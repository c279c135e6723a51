#ifndef RT_REPLAY_STEERED_H
#define RT_REPLAY_STEERED_H
/*
 * Originals that a driver steered while they ran.
 *
 * It stopped them or gave them new parameters when it saw what they reported. A replay has no
 * driver, and could not do the same: what is recorded is what was decided, and not at which of its
 * calls the model, which does not wait, came to know. So they are not comparable.
 */
#include "replay/measure.h"
#include "store/db.h"

/* Those of them are set `missing`, with the reason. */
int rt_steered_note(struct rt_db *index, struct rt_measure *originals, size_t count,
                    struct rt_err *err);

#endif
