#ifndef RT_STORE_INDEX_COLUMN_H
#define RT_STORE_INDEX_COLUMN_H
/* A parameter or metric of a study, and its columns: a row of table study_column. */
#include <stdbool.h>
#include "store/db.h"
#include "store/index_metrics.h"
#include "store/plan.h"

struct rt_index_column {
    uint32_t number; /* in study_column */
    bool metric;     /* else a param */
    char *name;      /* "opt.lr" */
    enum rt_column_type type;
    char *view_column;  /* NULL: not in the view */
    char *table_column; /* NULL: not in the table */
    char *state_column; /* NULL: not in the table */
    int axis;           /* of the current plan, or -1 */
    bool proposed;      /* by the driver of the current plan */
    bool fixed;         /* in the current plan, to `value` */
    struct rt_datum value;
    char *value_text; /* what value.text points to */
    int param;        /* of the insert statement, if in the table */
    int state_param;
    size_t slot; /* among the values of a row of store/index_bulk.c; 0: none */
    size_t state_slot;
};

void rt_index_column_clear(struct rt_index_column *column);
/* Fills *column from a row of sql/index/select_columns.sql. */
void rt_index_column_read(struct rt_index_column *column, struct rt_stmt *stmt);
/* Writes the row. */
int rt_index_column_save(const struct rt_index_column *column, struct rt_db *db, uint32_t study,
                         struct rt_err *err);
/* From now on it is fixed to a value, which is copied. */
void rt_index_column_fix(struct rt_index_column *column, const struct rt_datum *value);

/* The value that a parameter in the table has at a point of the plan; false if it has none. */
bool rt_index_param(const struct rt_index_column *column, const struct rt_plan *plan,
                    uint64_t point, struct rt_datum *value);

/* Leaves nulls and states alone: parameters are NULL to begin with. */
void rt_datum_bind(struct rt_stmt *stmt, int number, const struct rt_datum *value);
/* A value of an axis. One that is no finite number is the text nan, inf or -inf. */
struct rt_datum rt_datum_from_value(const struct rt_value *value);

#endif
