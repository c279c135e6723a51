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
#define FIELDS 24

static const char create[] =
    "CREATE TABLE t (ordinal INTEGER PRIMARY KEY, replicate INTEGER, retired INTEGER, again "
    "INTEGER,"
    " attempt INTEGER, outcome TEXT, exit_status INTEGER, late INTEGER, launch INTEGER, rank "
    "INTEGER,"
    " worker INTEGER, position INTEGER, pid INTEGER, start_us INTEGER, duration_us INTEGER,"
    " user_us INTEGER, sys_us INTEGER, max_rss_kib INTEGER, seed INTEGER, reason TEXT, event "
    "INTEGER,"
    " event_row INTEGER, p1 INTEGER, m2 REAL)";
static const char insert_bound[] =
    "INSERT INTO t VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
    "?,?,?)";
static const char feed_columns[] = "CREATE TABLE x (c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, "
                                   "c11, c12, c13, c14, c15, c16, c17,"
                                   " c18, c19, c20, c21, c22, c23)";
static const char insert_fed[] = "INSERT INTO t SELECT * FROM feed";

static void check(int rc, const struct rt_err *err)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "rows: %s\n", err->text);
    exit(1);
}

/* The integer of a field; those that are left out here are texts, reals and nulls. */
static int64_t cell(int64_t row, int field)
{
    const int64_t fixed[FIELDS] = {[1] = 1,  [4] = 1,  [8] = 1,      [12] = 12345,
                                   [14] = 3, [15] = 3, [17] = 20000, [18] = 3000000000};

    switch (field) {
    case 0:
    case 22:
        return row + 1;
    case 10:
        return row & 1;
    case 11:
        return row / 2;
    case 13:
        return INT64_C(1700000000000000) + row;
    case 20:
        return row / 512;
    case 21:
        return row % 512;
    default:
        return fixed[field];
    }
}

static bool is_null(int field)
{
    return field == 2 || field == 3 || field == 6 || field == 7 || field == 19;
}

static void feed_cell(void *context, size_t row, size_t column, struct rt_db_cell *out)
{
    int64_t number = *(int64_t *)context + (int64_t)row;

    if (column == 5)
        rt_db_cell_text(out, rt_span("ok", 2));
    else if (column == 23)
        rt_db_cell_real(out, 2.0 * (double)number);
    else if (!is_null((int)column))
        rt_db_cell_int(out, cell(number, (int)column));
}

static void bind_row(struct rt_stmt *stmt, int64_t row, struct rt_err *err)
{
    for (int field = 0; field < FIELDS - 1; field++) {
        if (field == 5)
            rt_stmt_text_at(stmt, field + 1, rt_span("ok", 2));
        else if (!is_null(field))
            rt_stmt_int_at(stmt, field + 1, cell(row, field));
    }
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
