#include "store/hot.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "store/birth.h"
#include "store/home_history.h"
#include "store/home_pull.h"
#include "store/owner.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *base_folder(void)
{
    const char *hot = getenv("RETRIAL_HOT");
    const char *base = getenv("TMPDIR");

    if (hot && hot[0])
        return rt_fs_absolute(hot);
    return rt_printf("%s/retrial-hot-%ld", base && base[0] == '/' ? base : "/tmp", (long)getuid());
}

/* Others may have made it before us, in /tmp. */
static int check_ours(const char *folder, struct rt_err *err)
{
    struct stat info;

    if (lstat(folder, &info) < 0)
        return rt_err_errno(err, RT_EIO, "looking at \"%s\"", folder);
    if (!S_ISDIR(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & 077) != 0)
        return rt_err_set(err, RT_EUSAGE,
                          "\"%s\" should be a folder of yours with mode 0700; name another one, on "
                          "a local disk, in RETRIAL_HOT",
                          folder);
    return 0;
}

static int check_local(const char *folder, struct rt_err *err)
{
    const char *network = rt_fs_network(folder);

    if (!network)
        return 0;
    return rt_err_set(
        err, RT_EUSAGE,
        "hot stores would lie in \"%s\", on a network file system (%s): name a folder "
        "on a local disk in RETRIAL_HOT",
        folder, network);
}

int rt_hot_folder(const struct rt_home *home, char **out, struct rt_err *err)
{
    char *base = base_folder();
    int rc;

    *out = rt_fs_join(base, home->id);
    if ((rc = check_local(base, err)) < 0 || (rc = rt_fs_mkdirs(base, err)) < 0 ||
        (rc = check_ours(base, err)) < 0 || (rc = rt_fs_mkdirs(*out, err)) < 0) {
        free(*out);
        *out = NULL;
    }
    free(base);
    return rc;
}

static bool is_store(const char *path, const uint8_t uuid[16])
{
    uint8_t found[RT_UUID_SIZE];

    return rt_birth_read(path, found, NULL) == 0 && memcmp(found, uuid, RT_UUID_SIZE) == 0;
}

bool rt_hot_is_here(const struct rt_home *home, const struct rt_home_writer *writer)
{
    struct rt_published published;
    struct rt_lock_owner self;
    bool here;

    if (rt_owner_self(&self, NULL) < 0 || !rt_owner_was_here(&writer->owner, &self) ||
        !writer->hot || writer->hot[0] != '/' || !is_store(writer->hot, home->uuid) ||
        rt_published_read(writer->hot, &published, NULL) != 1)
        return false;
    here = strcmp(published.id, home->id) == 0 &&
           (published.writer == writer->number ||
            (published.writer > writer->number && published.base == writer->number));
    rt_published_clear(&published);
    return here;
}

struct opening {
    const struct rt_hot_request *request;
    struct rt_home home;
    struct rt_claim *claim;
    char *path;
};

static void say(const struct opening *opening, char *text)
{
    if (opening->request->notice)
        opening->request->notice(opening->request->context, text);
    free(text);
}

/* The hot store of the last writer, if it is here: only there are all events. Yours; or NULL. */
static int find_last(const struct opening *opening, char **path, struct rt_err *err)
{
    const char *home = opening->request->home;
    struct rt_home_writer last = {0};
    uint32_t newest;
    int rc;

    *path = NULL;
    if ((rc = rt_home_newest(home, &newest, err)) < 0 ||
        (rc = rt_home_begun(home, newest, &last, err)) < 0)
        return rc;
    if (rc == 1 && rt_hot_is_here(&opening->home, &last))
        *path = rt_strdup(last.hot);
    rt_home_writer_clear(&last);
    return 0;
}

/* Where the hot store is, or is to be. */
static int choose_path(struct opening *opening, struct rt_err *err)
{
    const char *store = opening->request->store;
    char *folder = NULL;
    char *last;
    int rc;

    if ((rc = find_last(opening, &last, err)) < 0)
        return rc;
    if (store)
        opening->path = rt_fs_absolute(store);
    if (last && store && strcmp(last, opening->path) != 0) {
        rc = rt_err_set(err, RT_ECONFLICT,
                        "the hot store of the home \"%s\" is \"%s\": name that with --store, or "
                        "none",
                        opening->request->home, last);
    } else if (last && !store) {
        opening->path = last;
        last = NULL;
    } else if (store) {
        rc = check_local(opening->path, err);
    } else if ((rc = rt_hot_folder(&opening->home, &folder, err)) == 0) {
        opening->path = rt_fs_join(folder, "hot");
    }
    free(folder);
    free(last);
    return rc;
}

static void put_time(struct rt_buf *out, uint64_t wall_us)
{
    char text[RT_TIME_TEXT];

    rt_buf_add(out, rt_time_text(wall_us, text));
}

/* The base is dead, and its hot store is not here. */
static void say_lost(const struct opening *opening, const struct rt_home_writer *base)
{
    struct rt_buf text = RT_BUF_INIT;

    rt_buf_printf(&text,
                  "process %" PRId64 " on host \"%s\" did not give back this home, and its hot "
                  "store \"%s\" is not here: ",
                  base->owner.pid, base->owner.host, base->hot);
    if (base->level_us) {
        rt_buf_add(&text, "what it recorded after ");
        put_time(&text, base->level_us);
        rt_buf_printf(&text,
                      " (event %" PRIu64 ", %" PRIu64
                      " attempts; by its clock), when the home was complete last, is lost; its "
                      "last sign of life was at ",
                      base->head.seq, base->attempts);
        put_time(&text, base->owner.heartbeat_us);
        rt_buf_printf(&text, ", and it published every %.6g s", (double)base->interval_us / 1e6);
    } else {
        rt_buf_printf(&text,
                      "it had published nothing of its own (the home ends at event %" PRIu64 ")",
                      base->head.seq);
    }
    say(opening, rt_buf_take(&text));
}

static void say_kept(const struct opening *opening, uint64_t events)
{
    say(opening, rt_printf("the hot store \"%s\" has %" PRIu64 " events that were not published "
                           "yet; nothing is lost",
                           opening->path, events));
}

/* Moves away a store whose last events are not those of the home. */
static int set_aside(const struct opening *opening, uint32_t writer, uint64_t events,
                     struct rt_err *err)
{
    char *aside = rt_printf("%s.aside-%" PRIu32, opening->path, writer);
    char *parent = rt_fs_parent(opening->path);
    int rc = 0;

    if (rename(opening->path, aside) < 0)
        rc = rt_fs_write_error(err, "setting aside", opening->path);
    else
        rc = rt_fs_sync_dir(parent, err);
    if (rc == 0)
        say(opening, rt_printf("another host went on with this home while %" PRIu64
                               " events of this one had not been published: they are kept in "
                               "\"%s\", and are not part of the home",
                               events, aside));
    free(parent);
    free(aside);
    return rc;
}

static int refuse_stranger(const struct opening *opening, struct rt_err *err)
{
    return rt_err_set(err, RT_ECONFLICT,
                      "the store \"%s\" is not known to be that of the home \"%s\": name another "
                      "folder with --store, or none",
                      opening->path, opening->request->home);
}

/* Up to which event a store that is here agrees with the home. */
static int agreed(const struct opening *opening, const struct rt_published *published,
                  const struct rt_home_writer *base, uint64_t *seq, struct rt_err *err)
{
    int rc = rt_home_counts(opening->request->home, base, published->writer, seq, err);

    /* It had taken the home and did not come to begin. */
    if (rc == 0)
        rc = rt_home_counts(opening->request->home, base, published->base, seq, err);
    if (rc == 0)
        *seq = 0;
    return rc < 0 ? rc : 0;
}

static int pull(const struct opening *opening, const struct rt_home_writer *base,
                struct rt_err *err)
{
    return rt_home_pull(opening->request->home, &opening->home, base, opening->path, err);
}

static int make_anew(const struct opening *opening, const struct rt_home_writer *base,
                     struct rt_err *err)
{
    int rc = rt_home_found(opening->request->home, &opening->home, base->number ? base : NULL,
                           opening->path, err);

    return rc < 0 || base->head.seq == 0 ? rc : pull(opening, base, err);
}

/* A store that is here: it goes on, is brought level, or is set aside. */
static int reconcile(const struct opening *opening, const struct rt_home_writer *base,
                     struct rt_err *err)
{
    struct rt_published published;
    uint64_t common = 0;
    uint64_t last = 0;
    int rc;

    if (!is_store(opening->path, opening->home.uuid))
        return refuse_stranger(opening, err);
    if (base->number == 0)
        return 0;
    if ((rc = rt_published_read(opening->path, &published, err)) < 0)
        return rc;
    if (rc == 0 || strcmp(published.id, opening->home.id) != 0)
        rc = refuse_stranger(opening, err);
    if (rc < 0 || (rc = rt_home_last(opening->path, &last, err)) < 0 ||
        (rc = agreed(opening, &published, base, &common, err)) < 0)
        goto out;
    /* Beyond where they agree, only one of the two may have something. */
    if (last <= common)
        rc = last < base->head.seq ? pull(opening, base, err) : 0;
    else if (common == base->head.seq)
        say_kept(opening, last - common);
    else if ((rc = set_aside(opening, published.writer, last - common, err)) == 0)
        rc = make_anew(opening, base, err);
out:
    rt_published_clear(&published);
    return rc;
}

static int bring_level(const struct opening *opening, struct rt_err *err)
{
    const struct rt_home_writer *base = rt_claim_base(opening->claim);
    struct rt_home_writer *self = rt_claim_self(opening->claim);
    struct rt_published published;
    int rc;

    if (base->number && !base->ended_us && !rt_hot_is_here(&opening->home, base))
        say_lost(opening, base);
    rc =
        rt_fs_exists(opening->path) ? reconcile(opening, base, err) : make_anew(opening, base, err);
    if (rc < 0)
        return rc;
    rt_published_set(&published, opening->request->home, &opening->home, self->number,
                     base->number);
    rc = rt_published_write(opening->path, &published, err);
    rt_published_clear(&published);
    if (rc < 0)
        return rc;
    return rt_claim_begin(opening->claim, err);
}

int rt_hot_open(const struct rt_hot_request *request, struct rt_claim **claim, char **path,
                struct rt_err *err)
{
    char *home = rt_fs_absolute(request->home);
    struct rt_hot_request absolute = *request;
    struct opening opening = {.request = &absolute};
    struct rt_claim_request asked = {.home = home,
                                     .interval_us = request->interval_us,
                                     .notice = request->notice,
                                     .context = request->context};
    int rc;

    absolute.home = home;
    *claim = NULL;
    *path = NULL;
    if ((rc = rt_home_read(home, &opening.home, err)) < 0 || (rc = choose_path(&opening, err)) < 0)
        goto out;
    asked.hot = opening.path;
    if ((rc = rt_claim_take(&asked, &opening.claim, err)) < 0)
        goto out;
    if ((rc = bring_level(&opening, err)) < 0) {
        rt_claim_give_back(opening.claim, true, NULL);
        goto out;
    }
    *claim = opening.claim;
    *path = opening.path;
    opening.path = NULL;
out:
    free(opening.path);
    free(home);
    return rc;
}
