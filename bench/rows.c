/*
 * Bare loops over SQLite that insert rows like those of the index, through the same door: bound and
 * stepped one by one, or from a table in memory; there also with the numbers of the rows left to
 * SQLite, which then appends without looking for their place. The rows end up in the database, not
 * in its WAL, as those of the index do.
 *
 *     rows FILE ROWS bind|feed|append        prints microseconds of the processor per row
 */
#include "store/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH  131072 /* rows of a transaction: a third of a second of the index */
#define AT     1024
#define FIELDS 12

static const char create[] =
    "CREATE TABLE t (ordinal INTEGER PRIMARY KEY, replicate INTEGER, marks INTEGER, attempt "
    "INTEGER "
    "NOT NULL, outcome TEXT, exit_status INTEGER, process INTEGER NOT NULL, position INTEGER,"
    " start_us INTEGER, duration_us INTEGER, user_us INTEGER, sys_us INTEGER, max_rss_kib INTEGER,"
    " seed INTEGER, reason TEXT, event INTEGER NOT NULL, event_row INTEGER NOT NULL,"
    " p1 INTEGER, m2 REAL)";
/* All columns, in the order of the table: SQLite then puts together each row where it is made.
 * What is not given is 1 or NULL in all rows. */
#define COLUMNS                                                                                    \
    "(ordinal, replicate, marks, attempt, outcome, exit_status, process, position, start_us,"      \
    " duration_us, user_us, sys_us, max_rss_kib, seed, reason, event, event_row, p1, m2)"
static const char insert_bound[] =
    "INSERT INTO t " COLUMNS " VALUES (?, 1, NULL, 1, NULL, NULL, ?, ?, ?, ?, ?, ?, ?, NULL, NULL,"
    " ?, ?, ?, ?)";
static const char feed_columns[] =
    "CREATE TABLE x (c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11)";
static const char insert_fed[] =
    "INSERT INTO t " COLUMNS " SELECT c0, 1, NULL, 1, NULL, NULL, c1, c2, c3, c4, c5, c6, c7, NULL,"
    " NULL, c8, c9, c10, c11 FROM feed";

struct source {
    int64_t first;
    bool numbered; /* by SQLite */
    struct rt_db_value values[FIELDS];
};

static void check(int rc, const struct rt_err *err)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "rows: %s\n", err->text);
    exit(1);
}

/* The integer of a field: of all but the last, which is a real. */
static int64_t cell(int64_t row, int field)
{
    switch (field) {
    case 0: /* ordinal */
    case 10:
        return row + 1;
    case 1: /* process */
        return 1 + (row & 1);
    case 2: /* position */
        return row / 2;
    case 3: /* start_us */
        return row;
    case 4: /* duration_us */
    case 5:
        return 3;
    case 7: /* max_rss_kib */
        return 20000;
    case 8: /* event */
        return row / 512;
    case 9: /* event_row */
        return row % 512;
    default:
        return 0;
    }
}

static const struct rt_db_value *feed_row(void *context, size_t row)
{
    struct source *source = context;
    int64_t number = source->first + (int64_t)row;

    for (int field = 0; field < FIELDS - 1; field++)
        source->values[field] = rt_db_int(cell(number, field));
    source->values[FIELDS - 1] = rt_db_real(2.0 * (double)number);
    if (source->numbered)
        source->values[0].kind = RT_CELL_NULL;
    return source->values;
}

static void bind_row(struct rt_stmt *stmt, int64_t row, struct rt_err *err)
{
    for (int field = 0; field < FIELDS - 1; field++)
        rt_stmt_int_at(stmt, field + 1, cell(row, field));
    rt_stmt_real_at(stmt, FIELDS, 2.0 * (double)row);
    check(rt_stmt_run(stmt, err), err);
}

static double processor_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* One by one, or as many at once as the index takes. */
static void insert(struct rt_db *db, struct rt_stmt *stmt, struct rt_db_feed *feed, bool bound,
                   int64_t rows, struct rt_err *err)
{
    struct source *source = feed->context;

    check(rt_db_exec(db, "BEGIN", err), err);
    for (int64_t next; source->first < rows; source->first = next) {
        next = source->first + (bound ? 1 : AT);
        feed->rows = (size_t)((next < rows ? next : rows) - source->first);
        if (bound)
            bind_row(stmt, source->first, err);
        else
            check(rt_stmt_run(stmt, err), err);
        if (next / BATCH != source->first / BATCH)
            check(rt_db_exec(db, "COMMIT; BEGIN", err), err);
    }
    check(rt_db_exec(db, "COMMIT", err), err);
}

int main(int argc, char **argv)
{
    const char *how = argc == 4 ? argv[3] : "";
    int64_t rows = argc == 4 ? atoll(argv[2]) : 0;
    bool bound = strcmp(how, "bind") == 0;
    struct source source = {.numbered = strcmp(how, "append") == 0};
    struct rt_db_feed feed = {.row = feed_row, .context = &source};
    struct rt_stmt *stmt;
    struct rt_db *db;
    struct rt_err err;
    double start;

    if (rows < 1 || (!bound && !source.numbered && strcmp(how, "feed") != 0)) {
        fprintf(stderr, "usage: rows FILE ROWS bind|feed|append\n");
        return 2;
    }
    check(rt_db_open(argv[1], RT_DB_WRITE, &db, &err), &err);
    check(rt_db_exec(db, create, &err), &err);
    check(rt_db_add_feed(db, "feed", feed_columns, &feed, &err), &err);
    check(rt_db_prepare(db, bound ? insert_bound : insert_fed, &stmt, NULL, &err), &err);
    start = processor_s();
    insert(db, stmt, &feed, bound, rows, &err);
    rt_stmt_free(stmt);
    rt_db_close(db);
    printf("%.4f\n", (processor_s() - start) / (double)rows * 1e6);
    return 0;
}
