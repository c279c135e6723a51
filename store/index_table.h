#ifndef RT_STORE_INDEX_TABLE_H
#define RT_STORE_INDEX_TABLE_H
/*
 * The table of one study's trials, trial_row_N, and what is known of its columns
 * (table study_column). Columns are added, and widened, as values need them. The view trial_N
 * shows what the rows stand for.
 */
#include <stdbool.h>
#include "store/index_checks.h"
#include "store/index_column.h"
#include "store/index_metrics.h"

/* Columns that a study's table may have for params and for metrics, each. SQLite allows 2,000
 * in a table and in a view; states and columns that were widened need room, too. */
#define RT_INDEX_COLUMNS_MAX 450
#define RT_INDEX_TEXT_MAX    (1u << 20) /* bytes of one text in the index */

/* Parameters of the statements that take an attempt. */
enum rt_index_field {
    RT_FIELD_STUDY,
    RT_FIELD_ORDINAL,
    RT_FIELD_REPLICATE,
    RT_FIELD_RETIRED,
    RT_FIELD_AGAIN,
    RT_FIELD_ATTEMPT,
    RT_FIELD_OUTCOME,
    RT_FIELD_EXIT_STATUS,
    RT_FIELD_LATE,
    RT_FIELD_LAUNCH,
    RT_FIELD_RANK,
    RT_FIELD_WORKER,
    RT_FIELD_PROCESS,
    RT_FIELD_POSITION,
    RT_FIELD_PID,
    RT_FIELD_START,
    RT_FIELD_DURATION,
    RT_FIELD_USER,
    RT_FIELD_SYS,
    RT_FIELD_MAX_RSS,
    RT_FIELD_SEED,
    RT_FIELD_REASON,
    RT_FIELD_EVENT,
    RT_FIELD_EVENT_ROW,
    RT_FIELDS,
};
struct rt_index_insert {
    struct rt_stmt *stmt; /* NULL: to be prepared */
    int params[RT_FIELDS];
};

/* The statement of store/index_feed.c that takes many rows. */
struct rt_index_insert_many {
    struct rt_stmt *stmt; /* NULL: to be prepared */
    struct rt_stmt *last; /* likewise: tells the highest ordinal */
    uint32_t shape;       /* bits of the fields that it takes from each row */
    uint32_t needed;      /* of those, what the last runs needed */
    unsigned runs;        /* that is, so many */
};

/* Of the study's first attempt. Its trials' rows have the time since then, and no seed if it is
 * the same. */
struct rt_index_first {
    bool known;
    uint64_t start_us;
    uint64_t seed;
};

/* What `marks` of a row adds up to. */
enum { RT_INDEX_RETIRED = 1, RT_INDEX_AGAIN = 2 };

struct rt_index_table {
    struct rt_db *db;
    uint32_t study;
    char *id;         /* of the study: "k3f9" */
    char *study_name; /* "noise" */
    char *view;       /* NULL before it has one */
    char *trials;     /* "trial_1" */
    char *rows;       /* "trial_row_1" */
    struct rt_index_first first;
    struct rt_index_column *columns;
    size_t count;
    size_t capacity;
    size_t metrics; /* of those columns */
    size_t hint;    /* where the next metric is looked for */
    struct rt_index_insert insert;
    struct rt_index_insert_many many;
    uint64_t pending_first; /* first ordinal of the first range of `pending`; 0: none is left */
    uint64_t pending_last;
    uint64_t pending_at; /* the next one to look at */
    struct rt_index_checks checks;
    struct rt_metrics proposed;  /* params whose texts the statement that runs next borrows */
    struct rt_buf proposed_text; /* and what they borrow from */
    bool touched;                /* attempts came since the last commit */
    bool view_stale;
    bool has_steps; /* trials of it have reported something while they ran */
};

/* Reads what the index knows of a study; yours. RT_EDAMAGED if it does not know it. */
int rt_index_table_load(struct rt_db *db, uint32_t study, struct rt_index_table **out,
                        struct rt_err *err);
void rt_index_table_free(struct rt_index_table *table);

/* Makes trial_row_N, and trial_N as long as it has no columns of its own. */
int rt_index_table_create(struct rt_index_table *table, struct rt_err *err);
/* Notes what the first attempt had. */
int rt_index_table_begin(struct rt_index_table *table, uint64_t start_us, uint64_t seed,
                         struct rt_err *err);

/* The column of this name, or NULL. */
struct rt_index_column *rt_index_table_find(struct rt_index_table *table, bool metric,
                                            struct rt_span name);
/* A new column, known but not yet in the table. *out is NULL if there is no room. */
int rt_index_table_add(struct rt_index_table *table, bool metric, struct rt_span name,
                       struct rt_index_column **out, struct rt_err *err);
/* Gives the column a place in the table that holds values of this type besides those it has. */
int rt_index_table_widen(struct rt_index_table *table, struct rt_index_column *column,
                         enum rt_column_type type, struct rt_err *err);
/* Gives the column a place for states. */
int rt_index_table_add_state(struct rt_index_table *table, struct rt_index_column *column,
                             struct rt_err *err);
/* Writes what is known of the column to study_column. */
int rt_index_table_save(struct rt_index_table *table, const struct rt_index_column *column,
                        struct rt_err *err);

/* The insert statement for the columns as they are now. */
int rt_index_table_insert(struct rt_index_table *table, struct rt_index_insert **out,
                          struct rt_err *err);
/* Compiles sql and finds the numbers of its parameters. */
int rt_index_insert_prepare(struct rt_index_insert *insert, struct rt_db *db, const char *sql,
                            struct rt_err *err);

/* A template of sql/study/ with {trials}, {rows} and {study} filled in, compiled; yours. */
int rt_index_table_prepare(struct rt_index_table *table, const char *template, struct rt_stmt **out,
                           struct rt_err *err);

#endif
