/* The last checkpoint of each trial. */
#include "store/kept.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t place_of(const struct rt_kept_table *table, uint32_t study, uint64_t ordinal)
{
    size_t from = 0;
    size_t to = table->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct rt_kept_entry *entry = &table->items[middle];

        if (entry->study < study || (entry->study == study && entry->ordinal < ordinal))
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

const struct rt_kept_entry *rt_kept_find(const struct rt_kept_table *table, uint32_t study,
                                         uint64_t ordinal)
{
    size_t at = place_of(table, study, ordinal);

    if (at == table->count || table->items[at].study != study ||
        table->items[at].ordinal != ordinal)
        return NULL;
    return &table->items[at];
}

static int read_entry(struct rt_span body, struct rt_kept_entry *entry, struct rt_err *err)
{
    struct rt_json *json = NULL;
    const char *name;
    int rc = rt_json_parse(body, &json, err);

    *entry = (struct rt_kept_entry){0};
    if (rc == 0) {
        name = rt_json_get_text(json, "name", "checkpoint");
        entry->study = (uint32_t)rt_json_get_int(json, "study", 0);
        entry->ordinal = (uint64_t)rt_json_get_int(json, "ordinal", 0);
        entry->attempt = (uint32_t)rt_json_get_int(json, "attempt", 0);
        entry->folder = rt_json_bool(rt_json_get(json, "folder"));
        entry->bytes = (uint64_t)rt_json_get_int(json, "bytes", 0);
        if (entry->study == 0 || entry->ordinal == 0 ||
            rt_hash_from_hex(&entry->hash, rt_json_get_text(json, "sha256", "")) < 0)
            rc = rt_err_set(err, RT_EDAMAGED, "the event of a checkpoint is malformed");
        else
            entry->name = rt_strdup(name);
    }
    rt_json_free(json);
    return rc;
}

int rt_kept_take(struct rt_kept_table *table, struct rt_span body, struct rt_kept_entry *before,
                 struct rt_err *err)
{
    struct rt_kept_entry entry;
    size_t at;
    int rc = read_entry(body, &entry, err);

    if (rc < 0)
        return rc;
    at = place_of(table, entry.study, entry.ordinal);
    if (rt_kept_find(table, entry.study, entry.ordinal)) {
        *before = table->items[at];
        table->items[at] = entry;
        return 1;
    }
    table->items = rt_grow(table->items, &table->capacity, table->count + 1, sizeof entry);
    memmove(table->items + at + 1, table->items + at, (table->count++ - at) * sizeof entry);
    table->items[at] = entry;
    return 0;
}

bool rt_kept_names(const struct rt_kept_table *table, const struct rt_hash *hash)
{
    for (size_t i = 0; i < table->count; i++) {
        if (rt_hash_equal(&table->items[i].hash, hash))
            return true;
    }
    return false;
}

void rt_kept_clear(struct rt_kept_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->items[i].name);
    free(table->items);
    *table = (struct rt_kept_table){0};
}

static void look_at(const char *folder, const char *two, const char *name,
                    const struct rt_kept_table *table, rt_kept_fn *each, void *context)
{
    char *path = rt_printf("%s/%s/%s", folder, two, name);
    char *hex = rt_printf("%s%s", two, name);
    struct rt_hash hash;
    bool named = rt_hash_from_hex(&hash, hex) == 0 && rt_kept_names(table, &hash);

    if (each && named)
        each(context, &hash, path);
    else if (!each && !named && strlen(hex) == RT_HASH_HEX - 1)
        unlink(path);
    free(hex);
    free(path);
}

void rt_kept_walk(const char *store, const struct rt_kept_table *table, rt_kept_fn *each,
                  void *context)
{
    char *folder = rt_fs_join(store, "kept");
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        char *below = rt_fs_join(folder, entry->d_name);
        DIR *inner = strlen(entry->d_name) == 2 && entry->d_name[0] != '.' ? opendir(below) : NULL;
        struct dirent *file;

        if (!each && strncmp(entry->d_name, "new.", 4) == 0)
            unlink(below);
        while (inner && (file = readdir(inner)) != NULL) {
            if (file->d_name[0] != '.')
                look_at(folder, entry->d_name, file->d_name, table, each, context);
        }
        if (inner)
            closedir(inner);
        free(below);
    }
    if (dir)
        closedir(dir);
    free(folder);
}
