#ifndef RT_QUERY_INPUT_LIST_H
#define RT_QUERY_INPUT_LIST_H
/* The inputs of a study, and where their originals lie. */
#include "store/db.h"
#include "store/state.h"

/* All inputs of all plans that the study has had, each content once: [{"path", "sha256", "bytes",
 * "original": absolute path}]; yours. */
int rt_input_list(struct rt_db *db, const struct rt_study *study, struct rt_json **list,
                  struct rt_err *err);

#endif
