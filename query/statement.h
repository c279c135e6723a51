#ifndef RT_QUERY_STATEMENT_H
#define RT_QUERY_STATEMENT_H
/* Where statements of SQL begin and end in a longer text. */
#include <stddef.h>

/* Past white space, semicolons and comments. A comment that is not closed goes to the end. */
const char *rt_statement_begin(const char *sql);

/* Bytes up to and with the first semicolon outside of quotes and comments; 0: there is none. */
size_t rt_statement_size(const char *sql);

#endif
