#ifndef RT_QUERY_READONLY_CHILD_H
#define RT_QUERY_READONLY_CHILD_H
/* What the child process of a query does. Used by query/readonly.c alone. */
#include <stdnoreturn.h>
#include <sys/types.h>
#include "query/readonly.h"

/* Runs the query and sends its rows to `to`. */
noreturn void rt_readonly_child(const struct rt_readonly *query, unsigned cpu_seconds, int to,
                                pid_t parent);

#endif
