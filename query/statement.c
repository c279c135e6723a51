#include "query/statement.h"

#include <string.h>

/* Past a comment, if one begins here; NULL: it does not end. */
static const char *skip_comment(const char *sql)
{
    const char *end;

    if (strncmp(sql, "--", 2) == 0)
        return sql + strcspn(sql, "\n");
    if (strncmp(sql, "/*", 2) != 0)
        return sql;
    end = strstr(sql + 2, "*/");
    return end ? end + 2 : NULL;
}

const char *rt_statement_begin(const char *sql)
{
    for (;;) {
        const char *after;

        sql += strspn(sql, " \t\r\n\f;");
        after = skip_comment(sql);
        if (!after)
            return sql + strlen(sql);
        if (after == sql)
            return sql;
        sql = after;
    }
}

/* Past a text or name in quotes; NULL: it does not end. A doubled quote looks like two of them. */
static const char *skip_quoted(const char *sql)
{
    char closing = *sql == '[' ? ']' : *sql;
    const char *end = strchr(sql + 1, closing);

    return end ? end + 1 : NULL;
}

size_t rt_statement_size(const char *sql)
{
    const char *at = sql;

    while (at && *at) {
        const char *after;

        at += strcspn(at, "'\"`[-/;");
        if (*at == ';')
            return (size_t)(at + 1 - sql);
        if (!*at)
            return 0;
        if (*at != '-' && *at != '/')
            at = skip_quoted(at);
        else
            at = (after = skip_comment(at)) == at ? at + 1 : after;
    }
    return 0;
}
