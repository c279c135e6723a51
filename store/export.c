#include "store/export.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/birth.h"
#include "store/input.h"
#include "store/mirror.h"
#include "store/store_inner.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMIT_BYTES (8u << 20) /* of bodies, between commits */

struct exporting {
    struct rt_store *from;
    struct rt_store *to;
    const char *folder;
    uint64_t last;                /* nothing behind it is copied */
    const struct rt_json *inputs; /* to be kept; or NULL */
    struct rt_json *missing;
    size_t bytes;
};

/* The first event makes the new store. */
static int begin(struct exporting *exporting, const struct rt_event *first, struct rt_err *err)
{
    int rc;

    if ((rc = rt_birth_make_as(exporting->folder, exporting->from->uuid, first, &rt_io_plain,
                               err)) < 0)
        return rc;
    if ((rc = rt_store_open(exporting->folder, RT_STORE_WRITE, &exporting->to, err)) == 0)
        rt_objects_gather(exporting->to->objects);
    return rc;
}

/* Objects first: what an event names is there. */
static int commit(const struct exporting *exporting, struct rt_err *err)
{
    int rc = rt_objects_settle(exporting->to->objects, err);

    return rc < 0 ? rc : rt_store_commit(exporting->to, err);
}

/* What the store keeps of the inputs of a plan goes with it. */
static int copy_inputs(const struct exporting *exporting, const struct rt_event *event,
                       struct rt_err *err)
{
    struct rt_json *body;
    const struct rt_json *inputs;
    int rc;

    if (event->kind != RT_EVENT_PLAN)
        return 0;
    if ((rc = rt_json_parse(event->body, &body, err)) < 0)
        return rc;
    inputs = rt_json_get(rt_json_get(body, "plan"), "inputs");
    for (size_t i = 0; inputs && rc == 0 && i < rt_json_count(inputs); i++) {
        if (rt_input_kept(exporting->from, rt_json_at(inputs, i)))
            rc = rt_input_mirror(exporting->from, exporting->to, rt_json_at(inputs, i), err);
    }
    rt_json_free(body);
    return rc;
}

static int copy_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct exporting *exporting = context;
    int rc;

    if (event->seq > exporting->last)
        return 1;
    if (event->seq == 1)
        return begin(exporting, event, err);
    if ((rc = rt_mirror_objects(event, exporting->from->objects, exporting->to->objects, err)) <
            0 ||
        (rc = copy_inputs(exporting, event, err)) < 0 ||
        (rc = rt_store_import(exporting->to, event, err)) < 0)
        return rc;
    exporting->bytes += event->body.size;
    if (exporting->bytes < COMMIT_BYTES)
        return 0;
    exporting->bytes = 0;
    return commit(exporting, err);
}

static int copy_code(const struct exporting *exporting, struct rt_err *err)
{
    char *from = rt_fs_join(exporting->from->path, "code.git");
    char *to = rt_fs_join(exporting->folder, "code.git");
    int rc = rt_mirror_code(from, to, err);

    free(from);
    free(to);
    return rc;
}

/* After the events: what was gathered before is in its place, so that it can be found. */
static int keep_inputs(const struct exporting *exporting, struct rt_err *err)
{
    int rc = 0;

    for (size_t i = 0; exporting->inputs && rc == 0 && i < rt_json_count(exporting->inputs); i++) {
        const struct rt_json *input = rt_json_at(exporting->inputs, i);
        const char *original = rt_json_get_text(input, "original", "");
        struct rt_err why = {0};

        if (rt_input_kept(exporting->from, input))
            continue;
        rc = rt_input_keep(exporting->to, input, original, &why);
        if (rc == RT_ECONFLICT) {
            rt_json_append(exporting->missing, rt_json_new_string(why.text));
            rc = 0;
        } else if (rc < 0) {
            *err = why;
        }
    }
    return rc < 0 ? rc : commit(exporting, err);
}

static int fill(struct exporting *exporting, struct rt_err *err)
{
    struct rt_err closing = {0};
    int closed = 0;
    int rc = rt_store_read(exporting->from, 1, copy_event, exporting, err);

    if (rc >= 0 && (rc = commit(exporting, err)) == 0 && (rc = keep_inputs(exporting, err)) == 0)
        rc = copy_code(exporting, err);
    if (rc < 0)
        rt_store_abandon(exporting->to);
    else
        closed = rt_store_close(exporting->to, &closing);
    if (closed < 0) {
        *err = closing;
        rc = closed;
    }
    return rc;
}

/* 0 if nothing is there, or an empty folder. */
static int check_vacant(const char *folder, struct rt_err *err)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int rc = 0;

    if (!dir && errno == ENOENT)
        return 0;
    if (!dir)
        return rt_err_errno(err, RT_EUSAGE, "\"%s\" cannot become a store", folder);
    while (rc == 0 && (entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = rt_err_set(err, RT_EUSAGE,
                            "\"%s\" is there and not empty; name a folder that is not there yet",
                            folder);
    closedir(dir);
    return rc;
}

static int check_disk(const char *folder, struct rt_err *err)
{
    char *parent = rt_fs_parent(folder);
    const char *network = rt_fs_network(parent);

    free(parent);
    if (!network)
        return 0;
    return rt_err_set(err, RT_EUSAGE,
                      "\"%s\" lies on a network file system (%s), where a store cannot be written: "
                      "export to a local disk and copy the folder from there",
                      folder, network);
}

static int put_in_place(const char *made, const char *folder, struct rt_err *err)
{
    char *parent = rt_fs_parent(folder);
    int rc = 0;

    if (rename(made, folder) < 0)
        rc = errno == ENOTEMPTY || errno == EEXIST
                 ? rt_err_set(err, RT_EUSAGE, "somebody else made \"%s\" meanwhile", folder)
                 : rt_fs_write_error(err, "renaming", made);
    else if ((rc = rt_fs_sync_dir(parent, err)) < 0)
        rename(folder, made); /* to be removed there: the same command is to go on */
    free(parent);
    return rc;
}

int rt_export(struct rt_store *store, const char *folder, struct rt_err *err)
{
    return rt_export_with(store, folder, NULL, NULL, err);
}

int rt_export_with(struct rt_store *store, const char *folder, const struct rt_json *inputs,
                   struct rt_json *missing, struct rt_err *err)
{
    char *path = rt_fs_absolute(folder);
    char *made = rt_printf("%s.%ld.new", path, (long)getpid());
    struct exporting exporting = {.from = store,
                                  .folder = made,
                                  .last = rt_store_durable(store),
                                  .inputs = inputs,
                                  .missing = missing};
    int rc;

    if ((rc = check_vacant(path, err)) < 0 || (rc = check_disk(path, err)) < 0)
        goto out;
    if ((rc = rt_fs_remove(made, err)) == 0 && (rc = fill(&exporting, err)) == 0)
        rc = put_in_place(made, path, err);
    if (rc < 0)
        rt_fs_remove(made, NULL);
out:
    free(made);
    free(path);
    return rc;
}
