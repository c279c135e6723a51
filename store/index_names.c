#include "store/index_inside.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <strings.h>
#include "sql.h"

/* Columns that every study's view has; sql/study/view.sql. */
static const char *const own_columns[] = {
    "trial", "ordinal", "replicate", "status",  "outcome", "attempt",     "launch",      "rank",
    "host",  "worker",  "seed",      "started", "seconds", "cpu_seconds", "max_rss_kib", "reason",
};

static int taken(struct rt_index *index, const char *name, bool *is_taken, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(index->db, rt_sql_index_select_name_taken, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_text(stmt, ":name", name);
    if ((rc = rt_stmt_step(stmt, err)) > 0)
        *is_taken = rt_stmt_get_int(stmt, 0) > 0;
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

/* Names that are ours, or may become ours: tables of studies to come. */
static bool reserved(const char *name)
{
    return name[0] == '\0' || strncasecmp(name, "sqlite_", 7) == 0 ||
           strncasecmp(name, "trial_", 6) == 0 || strncasecmp(name, "study.", 6) == 0;
}

static int usable(struct rt_index *index, const char *name, bool *is_usable, struct rt_err *err)
{
    char *attempts = rt_printf("%s.attempts", name);
    bool first = true;
    bool second = true;
    int rc;

    if ((rc = taken(index, name, &first, err)) == 0)
        rc = taken(index, attempts, &second, err);
    free(attempts);
    *is_usable = !first && !second;
    return rc;
}

int rt_index_name_view(struct rt_index *index, struct rt_index_table *table, struct rt_err *err)
{
    char *name = rt_strdup(table->study_name);
    bool good = false;
    struct rt_stmt *stmt;
    int rc = 0;

    if (!reserved(name))
        rc = usable(index, name, &good, err);
    for (int turn = 1; rc == 0 && !good; turn++) {
        free(name);
        name = turn == 1 ? rt_printf("study.%s", table->study_name)
                         : rt_printf("study.%s.%d", table->study_name, turn);
        rc = usable(index, name, &good, err);
    }
    table->view = name;
    if (rc < 0 ||
        (rc = rt_db_prepare(index->db, rt_sql_index_update_study_view, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", table->study);
    rt_stmt_text(stmt, ":view", name);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

struct names {
    const char **items; /* borrowed */
    size_t count;
};

static bool is_among(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcasecmp(names->items[i], name) == 0)
            return true;
    }
    return false;
}

static bool in_view(const struct rt_index_column *column)
{
    return column->metric ? column->table_column != NULL
                          : column->axis >= 0 || column->proposed || column->fixed;
}

static const char *kind_name(const struct rt_index_column *column)
{
    return column->metric ? "metric" : "param";
}

/* A plain name is one that no other column of the view has, whatever its case. */
static bool is_plain(const struct rt_index_table *table, size_t at)
{
    const char *name = table->columns[at].name;

    for (size_t i = 0; i < sizeof own_columns / sizeof own_columns[0]; i++) {
        if (strcasecmp(own_columns[i], name) == 0)
            return false;
    }
    for (size_t i = 0; i < table->count; i++) {
        if (i != at && in_view(&table->columns[i]) && strcasecmp(table->columns[i].name, name) == 0)
            return false;
    }
    return name[0] != '\0';
}

static char *free_name(const struct names *names, const struct rt_index_column *column)
{
    char *name = rt_printf("%s.%s", kind_name(column), column->name);

    for (int turn = 2; is_among(names, name); turn++) {
        free(name);
        name = rt_printf("%s.%s.%d", kind_name(column), column->name, turn);
    }
    return name;
}

static void take_name(struct names *names, struct rt_index_column *column, char *name)
{
    free(column->view_column);
    column->view_column = name;
    names->items[names->count++] = name;
}

void rt_index_name_columns(struct rt_index_table *table)
{
    size_t own = sizeof own_columns / sizeof own_columns[0];
    struct names names = {rt_alloc((own + table->count) * sizeof *names.items), own};

    memcpy(names.items, own_columns, sizeof own_columns);
    for (size_t i = 0; i < table->count; i++) {
        struct rt_index_column *column = &table->columns[i];

        free(column->view_column);
        column->view_column = NULL;
        if (in_view(column) && is_plain(table, i))
            take_name(&names, column, rt_strdup(column->name));
    }
    for (size_t i = 0; i < table->count; i++) {
        struct rt_index_column *column = &table->columns[i];

        if (in_view(column) && !column->view_column)
            take_name(&names, column, free_name(&names, column));
    }
    free(names.items);
}

/* NAME.state, unless another column happens to be called so. */
char *rt_index_name_state(const struct rt_index_table *table, const struct rt_index_column *column)
{
    char *name = rt_printf("%s.state", column->view_column);

    for (size_t i = 0; i < table->count; i++) {
        const char *other = table->columns[i].view_column;

        if (other && strcasecmp(other, name) == 0) {
            free(name);
            name = rt_printf("state of %s", column->view_column);
            break;
        }
    }
    return name;
}
