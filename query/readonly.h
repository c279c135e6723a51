#ifndef RT_QUERY_READONLY_H
#define RT_QUERY_READONLY_H
/*
 * People's SQL, read-only by construction.
 *
 * It runs in a child process with a limit on its CPU time and memory, on a
 * connection that was opened for reading and may do nothing but SELECT with
 * functions that are listed: no other file, no pragma, no extension. Rows
 * come back through a pipe while they are found. docs/queries.md.
 */
#include "query/rows.h"

#define RT_READONLY_SECONDS 60 /* of CPU time, unless said otherwise */

struct rt_readonly_param {
    const char *name; /* ":study" */
    struct rt_cell value;
};

struct rt_readonly {
    const char *path; /* of the index */
    const char *sql;  /* one statement */
    const struct rt_readonly_param *params;
    size_t param_count;
    unsigned cpu_seconds; /* 0: RT_READONLY_SECONDS */
    bool ours; /* who asks has not seen the SQL: mistakes are told without line and column */
};

/* RT_EUSAGE for SQL that does not compile, wants more than it may, or takes too long; it tells
 * line and column, and what may have been meant. */
int rt_readonly_run(const struct rt_readonly *query, const struct rt_rows_sink *sink,
                    struct rt_err *err);

#endif
