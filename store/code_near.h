#ifndef RT_STORE_CODE_NEAR_H
#define RT_STORE_CODE_NEAR_H
/* Which commit a code root is nearest to, and whether it is that commit. */
#include "base/json.h"
#include "store/code_walk.h"

/* Sets the members "repository", "commit", "branch", "remote", "dirty" and "reason" of a root's
 * record. stored: what was stored of the root, sorted, paths relative to it. */
void rt_code_near(const struct rt_code_walk *walk, const struct rt_git_list *stored,
                  struct rt_json *record);

#endif
