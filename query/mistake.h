#ifndef RT_QUERY_MISTAKE_H
#define RT_QUERY_MISTAKE_H
/* Says where SQL is wrong, and what may have been meant. */
#include "base/err.h"

/* The functions that people's SQL may call, ended by NULL. */
extern const char *const rt_mistake_functions[];

/* An error at a byte of sql: "line 1, column 8: text". */
int rt_mistake_at(const char *sql, size_t offset, struct rt_err *err, const char *text);

/* Adds to *err, of SQL that did not compile, where that was (offset < 0: unknown) and a name that
 * is near to an unknown one in the index at `path`. Returns err->code. */
int rt_mistake_explain(const char *path, const char *sql, int offset, struct rt_err *err);

/* Something was denied. */
int rt_mistake_denied(struct rt_err *err);

#endif
