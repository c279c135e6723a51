#ifndef RT_QUERY_DIFF_PAIRS_H
#define RT_QUERY_DIFF_PAIRS_H
/*
 * The metrics of two studies, compared where their trials have the same params and replicate.
 *
 * Params that one study lacks, or that are fixed in both to different values, do not count; where
 * that makes several trials of a study alike, their mean is compared.
 */
#include "store/db.h"
#include "store/state.h"

/* Adds "paired" {"by": [params that vary], "pairs": n} and the section "metrics". */
int rt_diff_pairs(struct rt_db *db, const struct rt_study *const study[2], struct rt_json *diff,
                  struct rt_err *err);

#endif
