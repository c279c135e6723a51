#ifndef RT_REPLAY_JUDGE_H
#define RT_REPLAY_JUDGE_H
/*
 * Verdicts: is what was run again what it was?
 *
 * A verdict is a pure function of two recorded attempts and the tolerances.
 * What it compares are outcome and result, the result value by value and bit
 * by bit: 1 and 1.0 differ, 0.0 and -0.0 differ, NaN equals NaN. Metrics that
 * are times by their names ("seconds", "fit_time") differ between any two
 * runs, and count only if a tolerance names them.
 */
#include <stdint.h>
#include "base/buf.h"
#include "replay/tolerance.h"
#include "store/event.h"

enum rt_verdict {
    RT_VERDICT_NONE,      /* the replay of this trial has not ended */
    RT_VERDICT_IDENTICAL, /* bit for bit */
    RT_VERDICT_WITHIN,    /* of the tolerances */
    RT_VERDICT_DIFFERENT,
    RT_VERDICT_OUTCOME,        /* one succeeded, the other did not, or it failed otherwise */
    RT_VERDICT_NOT_COMPARABLE, /* with the reason */
};
#define RT_VERDICTS 6

const char *rt_verdict_name(enum rt_verdict verdict); /* "IDENTICAL", "OUTCOME CHANGED", ... */

/* An attempt as a verdict looks at it. */
struct rt_measured {
    enum rt_outcome outcome;
    int32_t status;        /* exit status or signal */
    struct rt_span result; /* canonical JSON object of metrics; empty: it gave none */
    const char *missing;   /* why the attempt cannot be had; NULL: it can */
    const char *loose;     /* why it may come out otherwise by itself, of an original; or NULL */
};

/* `study` is the original's, for its floors. *reason (may be NULL) gets words for all but NONE and
 * IDENTICAL. */
enum rt_verdict rt_judge(const struct rt_measured *original, const struct rt_measured *replayed,
                         const struct rt_tolerances *tolerances, const char *study,
                         struct rt_buf *reason);

#endif
