#ifndef RT_QUERY_INPUT_LIST_H
#define RT_QUERY_INPUT_LIST_H
/* The inputs of a study, and where their originals lie. */
#include "store/db.h"
#include "store/state.h"

/* The folder that relative paths of a plan's inputs start at: `root` is the plan's, the record of
 * the code says where it was. Yours; NULL if it does not. */
char *rt_input_folder(const struct rt_json *code_record, const char *root);

/* All inputs of all plans that the study has had, each content once: [{"path", "sha256", "bytes",
 * "original": absolute path}]; yours. */
int rt_input_list(struct rt_db *db, const struct rt_study *study, struct rt_json **list,
                  struct rt_err *err);

#endif
