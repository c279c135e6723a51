#ifndef RT_STORE_INDEX_DDL_H
#define RT_STORE_INDEX_DDL_H
/*
 * The one place where SQL is composed from names that people chose.
 *
 * A template is a file of sql/study/ with {slots}. What goes into a slot was
 * made by the quoting functions here, or consists of literals of our own.
 */
#include <stddef.h>
#include "base/buf.h"

/* Appends a name as an identifier: "noise", with '"' doubled. */
void rt_ddl_name(struct rt_buf *out, const char *name);
/* Appends a text as a literal: 'k3f9', with '\'' doubled. */
void rt_ddl_text(struct rt_buf *out, const char *text);

struct rt_ddl_slot {
    const char *name; /* without braces; NULL ends a list */
    const char *sql;
};

/* The template with every {slot} replaced; yours. A slot that is not listed is a fault of ours. */
char *rt_ddl_fill(const char *template, const struct rt_ddl_slot *slots);

#endif
