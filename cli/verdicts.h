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

/* What a launch of a replay came to. */
struct rt_verdicts_end {
    bool replay; /* the study is one; else all is false */
    bool verify; /* of kind "verify" */
    bool diverges;
    uint64_t pairs;
    uint64_t incomparable; /* of them */
};

/* After a launch: judges the study (id or name), if it is a replay, and prints the verdict if that
 * is wanted. No other part of the process may have the store open. */
int rt_verdicts_after(const char *store_path, const char *study, bool print,
                      struct rt_verdicts_end *end, struct rt_err *err);

/* What a command that ran it ends with, if the launch ended with `rc`: RT_ECONFLICT if trials that
 * were to come out the same did not, RT_ETRIALS if pairs cannot be compared. */
int rt_verdicts_conclusion(const struct rt_verdicts_end *end, int rc, struct rt_err *err);

/* Fits rt_run_options.conclude: records the verdict on a replay, and how much metrics vary if it
 * changed nothing. Nothing for other studies. */
int rt_verdicts_conclude(void *context, struct rt_store *store, uint32_t study, struct rt_err *err);

/* Opens the index of a store that this process has open. */
int rt_verdicts_index(struct rt_store *store, struct rt_db **index, struct rt_err *err);

#endif
