#ifndef RT_CLI_VERDICTS_H
#define RT_CLI_VERDICTS_H
/* Verdicts on replays: for people, and for programs. */
#include "cli/cmd.h"
#include "replay/verdict.h"

/* Prints counts and paired differences to stdout; in other formats than a table, the counts go to
 * stderr. With `pairs`, a row for each pair instead of the differences. */
int rt_verdicts_print(const struct rt_verdicts *verdicts, bool pairs, struct rt_err *err);

/* What --tol and --equiv said, each ended by NULL or NULL. */
int rt_verdict_tolerances(char *const *tolerances, char *const *equivalences,
                          struct rt_tolerances *out, struct rt_err *err);

/* Whether something came out otherwise than tolerances allow. */
bool rt_verdicts_diverge(const struct rt_verdicts *verdicts);

/* After a launch: if the study (id or name) is a replay, prints its verdict. *diverges: it is one
 * of kind "verify", and rt_verdicts_diverge(). No other part of the process may have the store
 * open.
 */
int rt_verdicts_after(const char *store_path, const char *study, bool *verify, bool *diverges,
                      struct rt_err *err);

/* Fits rt_run_options.conclude: records the verdict on a replay, and how much metrics vary if it
 * changed nothing. Nothing for other studies. */
int rt_verdicts_conclude(void *context, struct rt_store *store, uint32_t study, struct rt_err *err);

/* Opens the index of a store that this process has open. */
int rt_verdicts_index(struct rt_store *store, struct rt_db **index, struct rt_err *err);

#endif
