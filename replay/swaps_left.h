#ifndef RT_REPLAY_SWAPS_LEFT_H
#define RT_REPLAY_SWAPS_LEFT_H
/* What cannot be swapped, and words for what differs. For swaps*.c alone. */
#include "base/buf.h"
#include "replay/swaps.h"

/* A value as a word, cut if it is long; NULL: "none". */
void rt_swaps_put_value(struct rt_buf *out, const struct rt_json *value);

/* The row of a section of a difference (query/diff.h); NULL if there is none. */
const struct rt_json *rt_swaps_row(const struct rt_json *rows, const char *name);

/* Notes something that stays as it is here and now; takes the text. */
void rt_swaps_leave(struct rt_swaps *swaps, char *text);

/* The rows of "environment", but for what goes with an interpreter that is swapped, and for what
 * changes no result by itself; and the threads among those of "entry". */
void rt_swaps_leave_environment(struct rt_swaps *swaps, const struct rt_json *rows,
                                bool interpreter);
/* What they were told while they ran: all are told what the one was that they start from. */
void rt_swaps_leave_told(struct rt_swaps *swaps);
void rt_swaps_leave_threads(struct rt_swaps *swaps, const struct rt_json *rows);

#endif
