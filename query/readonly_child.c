#include "query/readonly_child.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "query/mistake.h"
#include "query/statement.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define TEXT_MAX   (16u << 20)           /* bytes of a value */
#define SQL_MAX    (1u << 20)            /* bytes of a statement */
#define HEAP_MAX   (UINT64_C(256) << 20) /* SQLite's; large sorts go to files */
#define MEMORY_MAX (UINT64_C(768) << 20) /* beyond what the process has when it starts */
#define FILE_MAX   (UINT64_C(16) << 30)  /* of a file that a large sort goes to */
#define SEND_BYTES (64u << 10)

struct child {
    const struct rt_readonly *query;
    struct rt_db *db;
    struct rt_stmt *stmt;
    struct rt_buf out;
    int to;
    uint64_t rows;
};

static void limit(int resource, uint64_t most)
{
    struct rlimit now;

    if (getrlimit(resource, &now) < 0)
        return;
    if (now.rlim_max == RLIM_INFINITY || now.rlim_max > most)
        now.rlim_max = most;
    if (now.rlim_cur == RLIM_INFINITY || now.rlim_cur > most)
        now.rlim_cur = most;
    setrlimit(resource, &now);
}

/* proc(5): the sixth number of statm is the size of data and stack, in pages. */
static uint64_t data_bytes(void)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_err err;
    uint64_t pages = 0;
    char *at;

    if (rt_fs_read("/proc/self/statm", &text, &err) == 0) {
        at = (char *)rt_buf_text(&text);
        for (int i = 0; i < 6; i++)
            pages = strtoull(at, &at, 10);
    }
    rt_buf_clear(&text);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void confine(unsigned cpu_seconds, pid_t parent)
{
    struct rlimit cpu = {cpu_seconds, cpu_seconds + 1};

    if (signal(SIGINT, SIG_DFL) == SIG_IGN)
        signal(SIGINT, SIG_IGN);
    signal(SIGXCPU, SIG_DFL);
    signal(SIGXFSZ, SIG_IGN); /* writing then fails */
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    setrlimit(RLIMIT_CPU, &cpu);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, FILE_MAX);
    limit(RLIMIT_DATA, data_bytes() + MEMORY_MAX);
}

static bool is_allowed(void *context, enum rt_db_action action, const char *name)
{
    (void)context;
    if (action == RT_DB_SELECT || action == RT_DB_COLUMN)
        return true;
    if (action != RT_DB_FUNCTION)
        return false;
    for (size_t i = 0; rt_mistake_functions[i]; i++) {
        if (strcasecmp(rt_mistake_functions[i], name) == 0)
            return true;
    }
    return false;
}

static int compile(struct child *child, struct rt_err *err)
{
    static const struct rt_db_limits limits = {
        .allow = is_allowed, .text_bytes = TEXT_MAX, .sql_bytes = SQL_MAX, .heap_bytes = HEAP_MAX};
    const struct rt_readonly *query = child->query;
    const char *rest;
    int rc;

    if ((rc = rt_db_open(query->path, RT_DB_READ, &child->db, err)) < 0)
        return rc;
    if (!*rt_statement_begin(query->sql))
        return rt_err_set(err, RT_EUSAGE, "there is no statement to run");
    rt_db_restrict(child->db, &limits);
    if (rt_db_prepare(child->db, query->sql, &child->stmt, &rest, err) < 0)
        return rt_mistake_explain(query->path, query->sql,
                                  query->ours ? -1 : rt_db_error_offset(child->db), err);
    if (*(rest = rt_statement_begin(rest)))
        return rt_mistake_at(query->sql, (size_t)(rest - query->sql), err,
                             "one statement at a time, and here a second one begins");
    if (rt_stmt_columns(child->stmt) == 0) /* VACUUM, for one, is not asked about */
        return rt_mistake_denied(err);
    for (size_t i = 0; i < query->param_count; i++)
        rt_cell_bind(child->stmt, query->params[i].name, &query->params[i].value);
    return 0;
}

static int send(struct child *child, struct rt_err *err)
{
    int rc = rt_fs_write_all(child->to, rt_buf_span(&child->out), "the pipe", err);

    rt_buf_reset(&child->out);
    return rc;
}

static int send_names(struct child *child, struct rt_err *err)
{
    int count = rt_stmt_columns(child->stmt);
    const char **names = rt_calloc((size_t)count, sizeof *names);

    for (int i = 0; i < count; i++)
        names[i] = rt_stmt_name(child->stmt, i);
    rt_rows_put_names(&child->out, names, (size_t)count);
    free(names);
    return send(child, err);
}

static int put_row(struct child *child, struct rt_err *err)
{
    size_t first = child->out.size;

    for (int i = 0; i < rt_stmt_columns(child->stmt); i++) {
        struct rt_cell cell = rt_cell_of(child->stmt, i);

        rt_rows_put_cell(&child->out, &cell);
        if (child->out.size - first > RT_ROWS_FRAME_MAX - 2 * SEND_BYTES - TEXT_MAX)
            return rt_err_set(err, RT_EUSAGE, "row %llu of the result is too large to be shown",
                              (unsigned long long)child->rows + 1);
    }
    child->rows++;
    return 0;
}

static int send_rows(struct child *child, struct rt_err *err)
{
    int rc = 1;

    while (rc > 0) {
        size_t frame = rt_rows_begin(&child->out);

        while (child->out.size < SEND_BYTES && (rc = rt_stmt_step(child->stmt, err)) > 0) {
            int failed = put_row(child, err);

            if (failed < 0)
                return failed;
        }
        rt_rows_close(&child->out, frame);
        if (rc >= 0) {
            int failed = send(child, err);

            if (failed < 0)
                return failed;
        }
    }
    return rc;
}

noreturn void rt_readonly_child(const struct rt_readonly *query, unsigned cpu_seconds, int to,
                                pid_t parent)
{
    struct child child = {.query = query, .to = to};
    struct rt_err err = {0};
    int rc;

    confine(cpu_seconds, parent);
    if ((rc = compile(&child, &err)) == 0 && (rc = send_names(&child, &err)) == 0)
        rc = send_rows(&child, &err);
    rt_buf_reset(&child.out);
    if (rc < 0)
        rt_rows_put_error(&child.out, &err);
    else
        rt_rows_put_end(&child.out, child.rows);
    send(&child, &err);
    _exit(0);
}
