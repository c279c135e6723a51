#ifndef RT_QUERY_TEMPLATE_H
#define RT_QUERY_TEMPLATE_H
/*
 * SQL with {slots}, for names of columns, which cannot be bound.
 *
 * A line with a slot whose value is NULL is left out. What goes into a slot
 * was quoted by the functions of store/index_ddl.h, or is a person's own SQL.
 */
#include "store/index_ddl.h"

/* Yours. A slot that is not listed is a fault of ours. */
char *rt_template_fill(const char *text, const struct rt_ddl_slot *slots);

#endif
