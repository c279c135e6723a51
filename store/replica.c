#include "store/replica.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/home_history.h"
#include "store/home_pull.h"
#include "store/hot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* One process at a time brings a replica level. */
static int take_turn(const char *folder, int *fd, struct rt_err *err)
{
    char *path = rt_fs_join(folder, "turn");
    int rc = 0;

    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0)
        rc = rt_fs_write_error(err, "making", path);
    while (rc == 0 && flock(*fd, LOCK_EX) < 0) {
        if (errno != EINTR)
            rc = rt_err_errno(err, RT_EIO, "locking \"%s\"", path);
    }
    free(path);
    return rc;
}

static int note(const char *path, const char *where, const struct rt_home *home,
                const struct rt_home_writer *newest, struct rt_err *err)
{
    struct rt_published published;
    int rc;

    rt_published_set(&published, where, home, newest->number, newest->base);
    rc = rt_published_write(path, &published, err);
    rt_published_clear(&published);
    return rc;
}

static int make(const char *where, const struct rt_home *home, const struct rt_home_writer *newest,
                const char *path, struct rt_err *err)
{
    int rc;

    if ((rc = rt_fs_remove(path, err)) < 0 ||
        (rc = rt_home_found(where, home, newest, path, err)) < 0)
        return rc;
    return rt_home_pull(where, home, newest, path, err);
}

/* 1 if there is a replica, and it is part of the history: *last is its last event. */
static int look(const char *where, const struct rt_home_writer *newest, const char *path,
                uint64_t *last, bool *known, struct rt_err *err)
{
    struct rt_published published;
    uint64_t counts = 0;
    int rc;

    if (!rt_fs_exists(path) || rt_published_read(path, &published, NULL) != 1)
        return 0;
    *known = published.writer == newest->number;
    rc = rt_home_counts(where, newest, published.writer, &counts, err);
    rt_published_clear(&published);
    if (rc <= 0)
        return rc;
    return rt_home_last(path, last, NULL) == 0 && *last <= counts;
}

static int bring_level(const char *where, const struct rt_home *home,
                       const struct rt_home_writer *newest, const char *path, struct rt_err *err)
{
    uint64_t last = 0;
    bool known = false;
    int rc = look(where, newest, path, &last, &known, err);

    if (rc < 0)
        return rc;
    if (rc == 0)
        return make(where, home, newest, path, err);
    if (last < newest->head.seq && (rc = rt_home_pull(where, home, newest, path, err)) < 0)
        return rc;
    return known ? 0 : note(path, where, home, newest, err);
}

static int open_replica(const char *where, const struct rt_home *home,
                        const struct rt_home_writer *newest, char **path, struct rt_err *err)
{
    char *folder;
    int turn = -1;
    int rc;

    if ((rc = rt_hot_folder(home, &folder, err)) < 0)
        return rc;
    *path = rt_fs_join(folder, "replica");
    if ((rc = take_turn(folder, &turn, err)) == 0)
        rc = bring_level(where, home, newest, *path, err);
    if (turn >= 0)
        close(turn);
    free(folder);
    return rc;
}

int rt_replica_open(const char *where, char **path, struct rt_home_writer *writer, bool *hot,
                    struct rt_err *err)
{
    struct rt_home home;
    uint32_t newest;
    int rc;

    *path = NULL;
    *writer = (struct rt_home_writer){0};
    if ((rc = rt_home_read(where, &home, err)) < 0 ||
        (rc = rt_home_newest(where, &newest, err)) < 0 ||
        (rc = rt_home_begun(where, newest, writer, err)) < 0)
        return rc;
    *hot = rc == 1 && rt_hot_is_here(&home, writer);
    if (*hot)
        *path = rt_strdup(writer->hot);
    else if (rc == 0 || writer->head.seq == 0)
        rc = rt_err_set(err, RT_ENOTFOUND, "nothing was published in the home \"%s\" yet", where);
    else
        rc = open_replica(where, &home, writer, path, err);
    if (rc < 0) {
        rt_home_writer_clear(writer);
        free(*path);
        *path = NULL;
        return rc;
    }
    return 0;
}

#define REMEDY                                                                                     \
    "restore it from a copy, or publish the hot store, if its disk is there, to a new one: --home"

/* A home that cannot be read to its end. */
static int tell(const char *where, int code, rt_check_fn *each, void *context, struct rt_err *err)
{
    struct rt_check_finding finding = {.code = code, .part = "home"};

    snprintf(finding.what, sizeof finding.what, "%s", err->text);
    snprintf(finding.remedy, sizeof finding.remedy, "%s",
             code == RT_ENEWER ? "use a newer version of retrial" : REMEDY);
    each(context, &finding);
    return rt_err_set(err, code, "the home \"%s\" cannot be read to its end", where);
}

static int check_copy(const char *where, const struct rt_home *home,
                      const struct rt_home_writer *newest, const char *path, rt_check_fn *each,
                      void *context, struct rt_check_facts *facts, struct rt_err *err)
{
    int rc = make(where, home, newest, path, err);

    if (rc == RT_EDAMAGED || rc == RT_ENEWER)
        return tell(where, rc, each, context, err);
    if (rc == 0 && (rc = rt_check(path, each, context, facts, err)) < 0)
        rt_err_set(err, rc, "the home \"%s\" is not whole", where);
    return rc;
}

int rt_replica_check(const char *where, rt_check_fn *each, void *context,
                     struct rt_check_facts *facts, struct rt_err *err)
{
    struct rt_home_writer newest = {0};
    struct rt_home home;
    char *folder = NULL;
    char *path = NULL;
    uint32_t number;
    int rc;

    *facts = (struct rt_check_facts){0};
    if ((rc = rt_home_read(where, &home, err)) < 0 ||
        (rc = rt_home_newest(where, &number, err)) < 0)
        return rc;
    if ((rc = rt_home_begun(where, number, &newest, err)) == RT_EDAMAGED)
        rc = tell(where, rc, each, context, err);
    else if (rc == 1 && (rc = rt_hot_folder(&home, &folder, err)) == 0) {
        path = rt_printf("%s/check.%ld", folder, (long)getpid());
        rc = check_copy(where, &home, &newest, path, each, context, facts, err);
        rt_fs_remove(path, NULL);
    }
    rt_home_writer_clear(&newest);
    free(folder);
    free(path);
    return rc;
}
