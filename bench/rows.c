/*
 * Bare loops over SQLite that insert rows like those of the index, through the same door: bound and
 * stepped one by one, or from a table in memory.
 *
 *     rows FILE ROWS bind|feed        prints microseconds of the processor per row
 */
#include "store/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH  20000
#define AT     2048
#define FIELDS 12

static const char create[] =
    "CREATE TABLE t (ordinal INTEGER PRIMARY KEY, replicate INTEGER, marks INTEGER, attempt "
    "INTEGER "
    "NOT NULL, outcome TEXT, exit_status INTEGER, process INTEGER NOT NULL, position INTEGER,"
    " start_us INTEGER, duration_us INTEGER, user_us INTEGER, sys_us INTEGER, max_rss_kib INTEGER,"
    " seed INTEGER, reason TEXT, event INTEGER NOT NULL, event_row INTEGER NOT NULL,"
    " p1 INTEGER, m2 REAL)";
/* What differs from row to row; the others are 1 or NULL in all. */
static const char insert_bound[] =
    "INSERT INTO t (replicate, attempt, ordinal, process, position, start_us, duration_us, user_us,"
    " sys_us, max_rss_kib, event, event_row, p1, m2)"
    " VALUES (1, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char feed_columns[] =
    "CREATE TABLE x (c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11)";
static const char insert_fed[] =
    "INSERT INTO t (replicate, attempt, ordinal, process, position, start_us, duration_us, user_us,"
    " sys_us, max_rss_kib, event, event_row, p1, m2)"
    " SELECT 1, 1, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 FROM feed";

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

static void feed_cell(void *context, size_t row, size_t column, struct rt_db_cell *out)
{
    int64_t number = *(int64_t *)context + (int64_t)row;

    if (column == FIELDS - 1)
        rt_db_cell_real(out, 2.0 * (double)number);
    else
        rt_db_cell_int(out, cell(number, (int)column));
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

int main(int argc, char **argv)
{
    int64_t first = 0;
    struct rt_db_feed feed = {.cell = feed_cell, .context = &first};
    bool fed = argc == 4 && strcmp(argv[3], "feed") == 0;
    int64_t rows = argc == 4 ? atoll(argv[2]) : 0;
    struct rt_stmt *stmt;
    struct rt_db *db;
    struct rt_err err;
    double start;

    if (rows < 1) {
        fprintf(stderr, "usage: rows FILE ROWS bind|feed\n");
        return 2;
    }
    check(rt_db_open(argv[1], RT_DB_WRITE, &db, &err), &err);
    check(rt_db_exec(db, create, &err), &err);
    check(rt_db_add_feed(db, "feed", feed_columns, &feed, &err), &err);
    check(rt_db_prepare(db, fed ? insert_fed : insert_bound, &stmt, NULL, &err), &err);
    start = processor_s();
    for (first = 0; first < rows; first += fed ? (int64_t)feed.rows : 1) {
        if (first % BATCH == 0 || fed)
            check(rt_db_exec(db, "SAVEPOINT batch", &err), &err);
        feed.rows = (size_t)(rows - first < AT ? rows - first : AT);
        if (fed)
            check(rt_stmt_run(stmt, &err), &err);
        else
            bind_row(stmt, first, &err);
        if ((first + 1) % BATCH == 0 || fed || first + 1 == rows)
            check(rt_db_exec(db, "RELEASE batch", &err), &err);
    }
    printf("%.4f\n", (processor_s() - start) / (double)rows * 1e6);
    rt_stmt_free(stmt);
    rt_db_close(db);
    return 0;
}
