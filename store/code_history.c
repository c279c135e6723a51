#include "store/code_history.h"

#include "base/alloc.h"
#include "store/git.h"

#include <stdlib.h>
#include <string.h>

static void add(void *context, const struct rt_git_id *id, const char *summary)
{
    struct rt_code_history *history = context;
    char hex[RT_GIT_HEX];

    history->items = rt_realloc(history->items, (history->count + 1) * sizeof *history->items);
    history->items[history->count++] =
        (struct rt_code_change){rt_strdup(rt_git_hex(id, hex)), rt_strdup(summary ? summary : "")};
}

static int read_all(struct rt_git_work *work, const char *good, const char *bad,
                    struct rt_code_history *history, struct rt_err *err)
{
    struct rt_git_id from;
    struct rt_git_id to;
    int rc;

    if ((rc = rt_git_work_resolve(work, good, &from, err)) < 0 ||
        (rc = rt_git_work_resolve(work, bad, &to, err)) < 0)
        return rc;
    add(history, &from, "");
    if ((rc = rt_git_work_between(work, &from, &to, add, history, err)) < 0)
        return rc;
    if (history->count == 1)
        return rt_err_set(err, RT_EUSAGE,
                          "no commit leads from %s to %s: is it the other way round?", good, bad);
    return 0;
}

int rt_code_history_read(const char *folder, const char *good, const char *bad,
                         struct rt_code_history *history, struct rt_err *err)
{
    struct rt_git_work *work = NULL;
    int rc;

    memset(history, 0, sizeof *history);
    if ((rc = rt_git_work_open(folder, &work, err)) == 0)
        rc = read_all(work, good, bad, history, err);
    rt_git_work_close(work);
    return rc;
}

void rt_code_history_clear(struct rt_code_history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        free(history->items[i].commit);
        free(history->items[i].summary);
    }
    free(history->items);
    memset(history, 0, sizeof *history);
}
