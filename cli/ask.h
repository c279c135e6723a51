#ifndef RT_CLI_ASK_H
#define RT_CLI_ASK_H
/* What commands that ask have in common. */
#include "cli/cmd.h"
#include "query/listing.h"
#include "store/db.h"
#include "store/state.h"

/* Finds the store, for a command that opens it here (RT_NEEDS_NOTHING or RT_NEEDS_STORE_PATH), and
 * opens it for reading. If its index is behind the journal and nobody writes, it is brought level
 * first; if somebody does, or it cannot be written, stderr says how far it is behind. */
int rt_ask_open(struct rt_cmd_context *context, struct rt_err *err);

/* Opens the index of the context's store for reading. */
int rt_ask_index(struct rt_cmd_context *context, struct rt_db **db, struct rt_err *err);
char *rt_ask_index_path(const struct rt_cmd_context *context); /* yours */

/* Both, for a command that asks about the trial that `text` names. Close *db. */
int rt_ask_trial(struct rt_cmd_context *context, const char *text, const struct rt_study **study,
                 uint64_t *ordinal, struct rt_db **db, struct rt_err *err);

/* A listing to stdout in the format that was asked for. */
struct rt_listing *rt_ask_listing(const char *const *names, size_t count);

/* Lists all rows that a statement gives to stdout. *rows (may be NULL) is how many. */
int rt_ask_list(struct rt_stmt *stmt, uint64_t *rows, struct rt_err *err);

/* "12.3 s", "4 min 05 s", "3 h 20 min" appended. */
void rt_ask_put_span(struct rt_buf *out, uint64_t us);
/* "3 min ago" for a time that is past. */
void rt_ask_put_ago(struct rt_buf *out, uint64_t wall_us);

#endif
