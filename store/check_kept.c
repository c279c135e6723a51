/* Kept files: each matches its name. One that is missing is no damage: its trial starts anew. */
#include "store/check_inner.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/kept.h"

#include <stdlib.h>

static int take_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct rt_kept_table *table = context;
    struct rt_kept_entry before = {0};
    int rc = 0;

    if (event->kind == RT_EVENT_CHECKPOINT)
        rc = rt_kept_take(table, event->body, &before, err);
    free(before.name);
    return rc < 0 ? rc : 0;
}

static void take_file(void *context, const struct rt_hash *hash, const char *path)
{
    struct rt_checking *checking = context;
    char hex[RT_HASH_HEX];
    struct rt_hash found;
    struct rt_err err;
    int rc = rt_hash_file(path, &found, NULL, &err);

    if (rc < 0 && !rt_fs_exists(path))
        return; /* a newer one has taken its place meanwhile */
    if (rc < 0)
        rt_check_say(checking, RT_EIO, "look at the disk", "%s", err.text);
    else if (!rt_hash_equal(&found, hash))
        rt_check_say(checking, RT_EDAMAGED,
                     "remove it: a trial that would go on from it starts anew",
                     "the checkpoint \"kept/%.2s/%s\" does not match its hash",
                     rt_hash_hex(hash, hex), hex + 2);
}

void rt_check_kept(struct rt_checking *checking)
{
    struct rt_kept_table table = {0};
    struct rt_journal *journal;
    struct rt_err ignored = {0}; /* what is wrong with the journal, its own check has told */

    if (!rt_kept_any(checking->path) || rt_check_open_journal(checking, &journal, &ignored) < 0)
        return;
    if (rt_journal_read(journal, 1, take_event, &table, &ignored) >= 0)
        rt_kept_walk(checking->path, &table, take_file, checking);
    rt_journal_close(journal);
    rt_kept_clear(&table);
}
