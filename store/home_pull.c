#include "store/home_pull.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/json.h"
#include "store/birth.h"
#include "store/home_history.h"
#include "store/mirror.h"
#include "store/store_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMIT_BYTES (8u << 20) /* of bodies, between commits */

void rt_published_clear(struct rt_published *published)
{
    free(published->home);
    published->home = NULL;
}

void rt_published_set(struct rt_published *published, const char *path, const struct rt_home *home,
                      uint32_t writer, uint32_t base)
{
    *published = (struct rt_published){.home = rt_strdup(path), .writer = writer, .base = base};
    memcpy(published->id, home->id, sizeof published->id);
}

int rt_published_read(const char *store, struct rt_published *published, struct rt_err *err)
{
    char *file = rt_fs_join(store, "published");
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *object = NULL;
    int rc = rt_fs_read(file, &text, err);

    *published = (struct rt_published){.home = NULL};
    if (rc == RT_ENOTFOUND) {
        rc = 0;
    } else if (rc == 0 && rt_json_parse(rt_buf_span(&text), &object, NULL) < 0) {
        rc = rt_err_set(err, RT_EDAMAGED, "\"%s\" does not say what it should", file);
    } else if (rc == 0) {
        published->home = rt_strdup(rt_json_get_text(object, "home", ""));
        snprintf(published->id, sizeof published->id, "%s", rt_json_get_text(object, "id", ""));
        published->writer = (uint32_t)rt_json_get_int(object, "writer", 0);
        published->base = (uint32_t)rt_json_get_int(object, "base", 0);
        rc = 1;
    }
    rt_json_free(object);
    rt_buf_clear(&text);
    free(file);
    return rc;
}

int rt_published_write(const char *store, const struct rt_published *published, struct rt_err *err)
{
    char *file = rt_fs_join(store, "published");
    struct rt_json *object = rt_json_new_object();
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    rt_json_set_text(object, "home", published->home);
    rt_json_set_text(object, "id", published->id);
    rt_json_set_int(object, "writer", published->writer);
    rt_json_set_int(object, "base", published->base);
    rt_json_canonical(object, &text);
    rt_buf_add(&text, "\n");
    rc = rt_fs_replace(file, rt_buf_span(&text), 0600, err);
    rt_buf_clear(&text);
    rt_json_free(object);
    free(file);
    return rc;
}

int rt_home_last(const char *path, uint64_t *seq, struct rt_err *err)
{
    struct rt_store *store;
    int rc = rt_store_open(path, RT_STORE_READ, &store, err);

    if (rc < 0)
        return rc;
    *seq = rt_state_seq(rt_store_state(store));
    return rt_store_close(store, err);
}

struct founding {
    const uint8_t *uuid;
    const char *folder;
};

static int found(void *context, const struct rt_event *event, struct rt_err *err)
{
    const struct founding *founding = context;
    int rc = rt_birth_make_as(founding->folder, founding->uuid, event, &rt_io_plain, err);

    return rc < 0 ? rc : 1;
}

/* With the first event of the history. */
static int found_from(const char *path, const struct rt_home_writer *newest,
                      struct founding *founding, struct rt_err *err)
{
    int rc = rt_home_events(path, founding->uuid, newest, 1, found, founding, err);

    for (int i = 1; rc == RT_EDAMAGED && i < RT_HOME_TRIES; i++) {
        rt_home_pause();
        rc = rt_home_events(path, founding->uuid, newest, 1, found, founding, err);
    }
    return rc;
}

int rt_home_found(const char *path, const struct rt_home *home, const struct rt_home_writer *newest,
                  const char *store, struct rt_err *err)
{
    char *made = rt_printf("%s.%ld.founded", store, (long)getpid());
    char *parent = rt_fs_parent(store);
    struct founding founding = {home->uuid, made};
    struct rt_published published;
    int rc;

    rt_published_set(&published, path, home, newest ? newest->number : 0,
                     newest ? newest->base : 0);
    if ((rc = rt_fs_mkdirs(parent, err)) < 0 || (rc = rt_fs_remove(made, err)) < 0)
        goto out;
    if (newest && newest->head.seq)
        rc = found_from(path, newest, &founding, err);
    else
        rc = rt_birth_make_as(made, home->uuid, NULL, &rt_io_plain, err);
    if (rc < 0 || (rc = rt_published_write(made, &published, err)) < 0)
        goto out;
    if (rename(made, store) < 0)
        rc = rt_fs_write_error(err, "renaming", made);
    else
        rc = rt_fs_sync_dir(parent, err);
out:
    if (rc < 0)
        rt_fs_remove(made, NULL);
    rt_published_clear(&published);
    free(parent);
    free(made);
    return rc;
}

struct pulling {
    struct rt_objects *objects; /* of the home */
    struct rt_store *store;
    size_t bytes;
};

/* Objects first: what an event names is there, or the event is not. */
static int commit(struct rt_store *store, struct rt_err *err)
{
    int rc = rt_store_latch(store, rt_objects_settle(store->objects, err), err);

    return rc < 0 ? rc : rt_store_commit(store, err);
}

static int take_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct pulling *pulling = context;
    int rc;

    if ((rc = rt_mirror_objects(event, pulling->objects, pulling->store->objects, err)) < 0 ||
        (rc = rt_store_import(pulling->store, event, err)) < 0)
        return rc;
    pulling->bytes += event->body.size;
    if (pulling->bytes < COMMIT_BYTES)
        return 0;
    pulling->bytes = 0;
    return commit(pulling->store, err);
}

static int pull_code(const char *home, const char *store, struct rt_err *err)
{
    char *from = rt_fs_join(home, "code.git");
    char *to = rt_fs_join(store, "code.git");
    int rc = rt_mirror_code(from, to, err);

    free(from);
    free(to);
    return rc;
}

static int pull(const char *path, const struct rt_home *home, const struct rt_home_writer *newest,
                const char *store, struct rt_err *err)
{
    char *objects = rt_fs_join(path, "objects");
    struct pulling pulling = {0};
    struct rt_err closing = {0};
    int closed;
    int left;
    int rc;

    /* The code goes first: once an event is here, what it names is not looked for again. */
    if ((rc = pull_code(path, store, err)) < 0 ||
        (rc = rt_objects_open(objects, false, &rt_io_plain, &pulling.objects, err)) < 0 ||
        (rc = rt_store_open(store, RT_STORE_WRITE, &pulling.store, err)) < 0)
        goto out;
    rt_objects_gather(pulling.store->objects);
    rc = rt_home_events(path, home->uuid, newest, rt_state_seq(pulling.store->state) + 1,
                        take_event, &pulling, err);
    closed = commit(pulling.store, &closing);
    left = rt_store_close(pulling.store, closed < 0 ? NULL : &closing);
    closed = closed < 0 ? closed : left;
    if (rc == 0 && closed < 0) {
        *err = closing;
        rc = closed;
    }
out:
    rt_objects_close(pulling.objects);
    free(objects);
    return rc;
}

int rt_home_pull(const char *path, const struct rt_home *home, const struct rt_home_writer *newest,
                 const char *store, struct rt_err *err)
{
    int rc = pull(path, home, newest, store, err);

    for (int i = 1; rc == RT_EDAMAGED && i < RT_HOME_TRIES; i++) {
        rt_home_pause();
        rc = pull(path, home, newest, store, err);
    }
    return rc < 0 ? rt_err_while(err, "reading the home \"%s\"", path) : 0;
}
