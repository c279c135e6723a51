#ifndef RT_QUERY_NAMED_H
#define RT_QUERY_NAMED_H
/*
 * Named queries: the files of sql/query/. Each starts with a comment, whose
 * first line says what it answers and whose rest is its help.
 *
 * The names of columns cannot be bound as parameters, so that the files are
 * templates (query/template.h). docs/queries.md lists their slots.
 */
#include <stdbool.h>
#include "query/readonly.h"
#include "store/state.h"

struct rt_named {
    const char *name; /* "noise" */
    const char *text;
};

/* The named queries in order; false after the last. */
bool rt_named_at(size_t index, struct rt_named *named);
/* RT_ENOTFOUND, with a name that is near. */
int rt_named_find(const char *name, struct rt_named *named, struct rt_err *err);

char *rt_named_summary(const struct rt_named *named); /* yours */
char *rt_named_help(const struct rt_named *named);    /* yours; without the summary */

struct rt_named_options {
    const char *by;       /* NULL: the first swept parameter */
    const char *metric;   /* NULL: the objective */
    const char *realised; /* NULL: see sql/query/noise.sql */
    const char *where;    /* NULL: all; a condition in SQL */
    bool minimize;
    int64_t limit; /* 0: as the query says */
};

/* What is asked of a study; free with rt_named_clear(). */
struct rt_named_query {
    char *sql;
    char *title; /* "val_acc by label_noise", or "" */
    struct rt_readonly_param params[2];
    size_t param_count;
};

/* db is the index. RT_EUSAGE, RT_ENOTFOUND if the study has not what the query needs. */
int rt_named_fill(const struct rt_named *named, struct rt_db *db, const struct rt_study *study,
                  const struct rt_named_options *options, struct rt_named_query *query,
                  struct rt_err *err);
void rt_named_clear(struct rt_named_query *query);

#endif
