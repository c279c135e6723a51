#ifndef RT_STORE_DB_H
#define RT_STORE_DB_H
/*
 * The door to SQLite: opens, prepares, binds and steps; it knows no table.
 *
 * A connection belongs to one thread and to the process that opened it: on
 * one inherited over fork() a commit returns success and the rows vanish.
 * SQLite's codes become ours here and nowhere else: a full disk is RT_EIO,
 * a file that is no database RT_EDAMAGED, a lock RT_ELOCKED, SQL that does
 * not compile or is denied RT_EUSAGE.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

struct rt_db;
struct rt_stmt;

enum rt_db_mode {
    RT_DB_READ,  /* the file must exist; nothing is ever written to it */
    RT_DB_WRITE, /* made if missing, readable by its owner alone, in WAL mode */
};

/* RT_ENOTFOUND if it is to be read and there is none. */
int rt_db_open(const char *path, enum rt_db_mode mode, struct rt_db **out, struct rt_err *err);
void rt_db_close(struct rt_db *db); /* accepts NULL; an open transaction is rolled back */
const char *rt_db_path(const struct rt_db *db);

/* Runs all statements of sql, which return no rows that matter. */
int rt_db_exec(struct rt_db *db, const char *sql, struct rt_err *err);
/* The single integer that sql returns. */
int rt_db_number(struct rt_db *db, const char *sql, int64_t *value, struct rt_err *err);
/* Rows that the last INSERT, UPDATE or DELETE changed. */
int64_t rt_db_changes(struct rt_db *db);

/* Pages in the WAL after the last commit through this connection. */
int64_t rt_db_wal_pages(const struct rt_db *db);

/* Moves committed pages from the WAL to the file. With `restart` also waits, a few milliseconds,
 * for readers to leave the WAL, so that it starts anew. *wal_pages is what it held. Returns 1 if
 * readers stand in the way, else 0. */
int rt_db_checkpoint(struct rt_db *db, bool restart, int64_t *wal_pages, struct rt_err *err);

/* What a statement is about to do, asked while it is compiled. */
enum rt_db_action {
    RT_DB_SELECT,   /* SELECT, WITH RECURSIVE */
    RT_DB_COLUMN,   /* read a column; name is the table's */
    RT_DB_FUNCTION, /* call a function; name is the function's */
    RT_DB_OTHER,    /* all else; name is the table, pragma, ... or "" */
};
typedef bool rt_db_allow_fn(void *context, enum rt_db_action action, const char *name);

/* Limits for statements of strangers, in force from now on for this connection: what allow()
 * refuses does not compile, texts and statements have these sizes at most, no other database can
 * be attached, schemas are not trusted. heap_bytes bounds SQLite in the whole process. */
struct rt_db_limits {
    rt_db_allow_fn *allow;
    void *context;
    int text_bytes;
    int sql_bytes;
    int64_t heap_bytes;
};
void rt_db_restrict(struct rt_db *db, const struct rt_db_limits *limits);

/* Compiles the first statement of sql. *rest, if not NULL, is what follows it. An empty one is
 * RT_EUSAGE. */
int rt_db_prepare(struct rt_db *db, const char *sql, struct rt_stmt **out, const char **rest,
                  struct rt_err *err);
/* The byte of the statement at which the last failure to compile one was found; -1 if unknown. */
int rt_db_error_offset(struct rt_db *db);
void rt_stmt_free(struct rt_stmt *stmt); /* accepts NULL */

/* Parameters by name (":study") or by number, from 1. A name that the statement does not have is
 * left alone. Texts are borrowed until the next reset. A failure shows at the next step. */
int rt_stmt_param(struct rt_stmt *stmt, const char *name); /* 0 if there is none */
void rt_stmt_int(struct rt_stmt *stmt, const char *name, int64_t value);
void rt_stmt_text(struct rt_stmt *stmt, const char *name, const char *value); /* NULL: NULL */
void rt_stmt_int_at(struct rt_stmt *stmt, int number, int64_t value);
void rt_stmt_real_at(struct rt_stmt *stmt, int number, double value);
void rt_stmt_text_at(struct rt_stmt *stmt, int number, struct rt_span value);
void rt_stmt_unbind(struct rt_stmt *stmt); /* all parameters are NULL then */

enum rt_cell_kind { RT_CELL_NULL, RT_CELL_INT, RT_CELL_REAL, RT_CELL_TEXT, RT_CELL_BLOB };

/* One value of a row that is fed. All zeros: NULL. */
struct rt_db_value {
    enum rt_cell_kind kind; /* but no BLOB */
    uint32_t size;          /* of a text, bytes */
    union {
        int64_t integer;
        double real;
        const char *text; /* borrowed for the statement */
    };
};

static inline struct rt_db_value rt_db_int(int64_t value)
{
    return (struct rt_db_value){.kind = RT_CELL_INT, .integer = value};
}

static inline struct rt_db_value rt_db_real(double value)
{
    return (struct rt_db_value){.kind = RT_CELL_REAL, .real = value};
}

/* Of 4 GiB at most; NULL for NULL. */
static inline struct rt_db_value rt_db_text(const char *text, size_t size)
{
    if (!text)
        return (struct rt_db_value){.kind = RT_CELL_NULL};
    return (struct rt_db_value){.kind = RT_CELL_TEXT, .size = (uint32_t)size, .text = text};
}

/* A table made of the caller's memory, for statements that take many rows from it at once. */
struct rt_db_feed {
    /* All values of a row, in the order of the columns; borrowed until the next is asked for. */
    const struct rt_db_value *(*row)(void *context, size_t row);
    void *context;
    size_t rows; /* that there are while a statement runs */
};
/* `columns` is a CREATE TABLE statement with their names. The feed must outlive the connection. */
int rt_db_add_feed(struct rt_db *db, const char *name, const char *columns, struct rt_db_feed *feed,
                   struct rt_err *err);

/* 1: a row is there; 0: the end, and the statement is reset. */
int rt_stmt_step(struct rt_stmt *stmt, struct rt_err *err);
void rt_stmt_reset(struct rt_stmt *stmt); /* accepts NULL */
/* Steps to the end. */
int rt_stmt_run(struct rt_stmt *stmt, struct rt_err *err);

/* The columns of the row; texts are borrowed until the next step. */
int rt_stmt_columns(struct rt_stmt *stmt);
const char *rt_stmt_name(struct rt_stmt *stmt, int column);
enum rt_cell_kind rt_stmt_kind(struct rt_stmt *stmt, int column);
int64_t rt_stmt_get_int(struct rt_stmt *stmt, int column);
double rt_stmt_get_real(struct rt_stmt *stmt, int column);
struct rt_span rt_stmt_get_span(struct rt_stmt *stmt, int column); /* TEXT or BLOB */
const char *rt_stmt_get_text(struct rt_stmt *stmt, int column);    /* NULL for NULL */

#endif
