#ifndef RT_QUERY_DIFF_ROWS_H
#define RT_QUERY_DIFF_ROWS_H
/* The rows of a section of a difference (query/diff.h). */
#include "base/json.h"

/* Appends a row if the values differ; NULL and null are the same. */
void rt_diff_value(struct rt_json *rows, const char *name, const struct rt_json *a,
                   const struct rt_json *b);
void rt_diff_text(struct rt_json *rows, const char *name, const char *a, const char *b);

/* The leaves of an object by dotted names; yours. */
struct rt_json *rt_diff_flat(const struct rt_json *object);

/* Appends a row for each leaf in which two objects differ. */
void rt_diff_objects(struct rt_json *rows, const struct rt_json *a, const struct rt_json *b);

/* Sets the section, or notes that there is no difference in it. Takes rows. */
void rt_diff_section(struct rt_json *diff, const char *name, struct rt_json *rows);

#endif
