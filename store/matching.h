#ifndef RT_STORE_MATCHING_H
#define RT_STORE_MATCHING_H
/* Which ordinals the points of a new plan get: those of equal points of earlier
 * plans of the study, newest first, or new ones behind all others. */
#include "store/state_inner.h"

/* Fills *map, unsealed. */
void rt_match_points(const struct rt_study_inner *study, const struct rt_plan *plan,
                     struct rt_segments *map);

/* Of a plan with a driver: the ordinals of what was proposed to the current one, if that stays; how
 * many there are. */
uint64_t rt_match_proposals(const struct rt_study_inner *study, const struct rt_plan *plan,
                            struct rt_segments *map);

#endif
