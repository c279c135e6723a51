#include "query/readonly.h"

#include "query/readonly_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_BYTES (256u << 10)

static unsigned seconds_of(const struct rt_readonly *query)
{
    return query->cpu_seconds ? query->cpu_seconds : RT_READONLY_SECONDS;
}

static int start(const struct rt_readonly *query, pid_t *child, int *from, struct rt_err *err)
{
    pid_t parent = getpid();
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return rt_err_errno(err, RT_EIO, "making a pipe");
    *child = fork();
    if (*child == 0) {
        close(ends[0]);
        rt_readonly_child(query, seconds_of(query), ends[1], parent);
    }
    close(ends[1]);
    *from = ends[0];
    if (*child < 0) {
        close(ends[0]);
        return rt_err_errno(err, RT_EIO, "starting a process for the query");
    }
    return 0;
}

/* 0: the child has closed its end. */
static ssize_t receive(int from, struct rt_buf *bytes)
{
    ssize_t size;

    rt_buf_reserve(bytes, READ_BYTES);
    do
        size = read(from, bytes->data + bytes->size, READ_BYTES);
    while (size < 0 && errno == EINTR);
    if (size > 0)
        bytes->size += (size_t)size;
    return size;
}

/* 1: the rows ended without an end or an error. */
static int take_all(int from, struct rt_rows *rows, const struct rt_rows_sink *sink,
                    struct rt_err *err)
{
    int rc = 1;

    while (rc > 0) {
        ssize_t size = receive(from, &rows->bytes);

        if (size < 0)
            return rt_err_errno(err, RT_EIO, "reading from the process that runs the query");
        if (size == 0)
            break;
        rc = rt_rows_take(rows, sink, err);
    }
    return rc;
}

static int explain_death(const struct rt_readonly *query, int status, struct rt_err *err)
{
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
        return rt_err_set(err, RT_EUSAGE,
                          "the query was stopped: it took more than %u s of CPU time; --seconds N "
                          "gives it more",
                          seconds_of(query));
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT)
        return rt_err_set(err, RT_EINTERRUPTED, "the query was interrupted");
    if (WIFSIGNALED(status))
        return rt_err_set(err, RT_EPEER, "the process that ran the query died of signal %d",
                          WTERMSIG(status));
    return rt_err_set(err, RT_EPEER, "the process that ran the query ended early, with status %d",
                      WEXITSTATUS(status));
}

int rt_readonly_run(const struct rt_readonly *query, const struct rt_rows_sink *sink,
                    struct rt_err *err)
{
    struct rt_rows rows = {0};
    int status = 0;
    pid_t child = -1;
    int from = -1;
    int rc;

    if ((rc = start(query, &child, &from, err)) < 0)
        return rc;
    rc = take_all(from, &rows, sink, err);
    close(from);
    if (rc <= 0)
        kill(child, SIGKILL); /* nothing more is wanted of it */
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    rt_rows_clear(&rows);
    return rc > 0 ? explain_death(query, status, err) : rc;
}
