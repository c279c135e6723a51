#ifndef RT_QUERY_SUMMARY_H
#define RT_QUERY_SUMMARY_H
/* A study in one line. */
#include "query/cell.h"
#include "store/state.h"

struct rt_summary {
    const struct rt_study *study;
    uint64_t done;       /* trials that have come to an end */
    uint64_t bad;        /* of those, the ones that did not succeed */
    const char *metric;  /* the objective; NULL if there is none. Borrowed from the study */
    struct rt_cell best; /* a number, or NULL */
    uint64_t last_us;    /* wall clock, when an attempt last ended; 0 if none did */
};

/* What the index does not know (yet) stays empty. */
int rt_summary_of(struct rt_db *db, const struct rt_study *study, struct rt_summary *summary,
                  struct rt_err *err);

bool rt_summary_complete(const struct rt_summary *summary);
/* "of 220"; "of at most 60" or "so far" while its driver may propose more. */
void rt_summary_target(const struct rt_study *study, struct rt_buf *out);
/* Whether its driver may propose more. */
bool rt_summary_open(const struct rt_study *study);
/* "218 ok, 2 failed", or "" if no trial is done. */
void rt_summary_outcomes(const struct rt_study *study, struct rt_buf *out);

#endif
