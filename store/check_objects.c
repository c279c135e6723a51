/* Objects: each matches its name, and those that events name are there. */
#include "store/check_inner.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct object {
    struct rt_hash hash;
    uint64_t size;
    bool whole;
    bool named;
};

struct objects {
    struct rt_checking *checking;
    char *folder;
    struct object *items; /* sorted by hash once all are known */
    size_t count;
    size_t capacity;
};

static int compare(const void *a, const void *b)
{
    return memcmp(((const struct object *)a)->hash.bytes, ((const struct object *)b)->hash.bytes,
                  RT_HASH_SIZE);
}

static void take_file(struct objects *objects, const char *folder, const char *name)
{
    char *path = rt_printf("%s/%s/%s", objects->folder, folder, name);
    char *hex = rt_printf("%s%s", folder, name);
    struct rt_err err = {0};
    struct object object = {0};
    struct rt_hash found;
    int rc;

    if (rt_hash_from_hex(&object.hash, hex) < 0) /* no object of ours */
        goto out;
    if ((rc = rt_hash_file(path, &found, &object.size, &err)) < 0)
        rt_check_say(objects->checking, RT_EIO, "look at the disk", "%s", err.text);
    object.whole = rc == 0 && rt_hash_equal(&found, &object.hash);
    if (rc == 0 && !object.whole)
        rt_check_say(objects->checking, RT_EDAMAGED, RT_CHECK_RESTORE,
                     "\"objects/%s/%s\" does not match its hash (%" PRIu64 " bytes)", folder, name,
                     object.size);
    objects->items =
        rt_grow(objects->items, &objects->capacity, objects->count + 1, sizeof *objects->items);
    objects->items[objects->count++] = object;
out:
    free(path);
    free(hex);
}

static void take_folder(struct objects *objects, const char *name)
{
    char *path = rt_fs_join(objects->folder, name);
    DIR *dir = opendir(path);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            take_file(objects, name, entry->d_name);
    if (!dir)
        rt_check_say(objects->checking, RT_EIO, "look at the disk", "\"objects/%s\": %s", name,
                     strerror(errno));
    else
        closedir(dir);
    free(path);
}

static int read_files(struct objects *objects)
{
    DIR *dir = opendir(objects->folder);
    struct dirent *entry;

    if (!dir) {
        rt_check_say(objects->checking, errno == ENOENT ? RT_EDAMAGED : RT_EIO, RT_CHECK_RESTORE,
                     "the folder \"objects\": %s", strerror(errno));
        return -1;
    }
    while ((entry = readdir(dir)) != NULL)
        if (strlen(entry->d_name) == 2 && entry->d_name[0] != '.')
            take_folder(objects, entry->d_name);
    closedir(dir);
    if (objects->count)
        qsort(objects->items, objects->count, sizeof *objects->items, compare);
    return 0;
}

static void look_up(struct objects *objects, const struct rt_attempt *attempt, const char *what,
                    const struct rt_payload *payload)
{
    struct object key = {.hash = payload->hash};
    struct object *found = NULL;
    char hex[RT_HASH_HEX];

    if (!payload->by_hash)
        return;
    if (objects->count)
        found = bsearch(&key, objects->items, objects->count, sizeof key, compare);
    if (!found)
        rt_check_say(objects->checking, RT_EDAMAGED, RT_CHECK_RESTORE,
                     "the object %s is missing: %s of trial %" PRIu64 ", attempt %u, of study %u",
                     rt_hash_hex(&payload->hash, hex), what, attempt->ordinal, attempt->attempt,
                     attempt->study);
    else if (found->whole && found->size != payload->size)
        rt_check_say(objects->checking, RT_EDAMAGED, RT_CHECK_RESTORE,
                     "the object %s has %" PRIu64 " bytes, and the journal says %" PRIu64,
                     rt_hash_hex(&payload->hash, hex), found->size, payload->size);
    if (found)
        found->named = true;
}

static int take_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct objects *objects = context;
    struct rt_attempts_reader reader;
    struct rt_attempt attempt;
    int rc;

    if (event->kind != RT_EVENT_ATTEMPTS)
        return 0;
    if ((rc = rt_attempts_open(&reader, event->body, err)) < 0)
        return rc;
    while ((rc = rt_attempts_next(&reader, &attempt, err)) > 0) {
        look_up(objects, &attempt, "the result", &attempt.result);
        look_up(objects, &attempt, "the reason", &attempt.reason);
        look_up(objects, &attempt, "the output", &attempt.out.kept);
        look_up(objects, &attempt, "the error output", &attempt.err.kept);
    }
    return rc;
}

void rt_check_objects(struct rt_checking *checking)
{
    struct objects objects = {.checking = checking,
                              .folder = rt_fs_join(checking->path, "objects")};
    struct rt_journal *journal = NULL;
    struct rt_err ignored = {0}; /* what is wrong with the journal, its own check has told */

    if (rt_check_open_journal(checking, &journal, &ignored) < 0)
        journal = NULL;
    if (read_files(&objects) == 0 && journal)
        rt_journal_read(journal, 1, take_event, &objects, &ignored);
    checking->facts.objects = objects.count;
    for (size_t i = 0; journal && i < objects.count; i++)
        checking->facts.spare_objects += !objects.items[i].named;
    rt_journal_close(journal);
    free(objects.items);
    free(objects.folder);
}
