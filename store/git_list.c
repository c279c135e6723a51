#include "store/git_list.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rt_git_list_clear(struct rt_git_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->entries[i].path);
    free(list->entries);
    *list = (struct rt_git_list){NULL, 0, 0};
}

struct rt_git_entry *rt_git_list_add(struct rt_git_list *list, const char *path, uint32_t mode,
                                     const struct rt_git_id *id)
{
    struct rt_git_entry *entry;

    list->entries = rt_grow(list->entries, &list->capacity, list->count + 1, sizeof *entry);
    entry = &list->entries[list->count++];
    *entry = (struct rt_git_entry){.path = rt_strdup(path), .mode = mode, .id = *id};
    return entry;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct rt_git_entry *)a)->path, ((const struct rt_git_entry *)b)->path);
}

void rt_git_list_sort(struct rt_git_list *list)
{
    size_t kept = 0;

    if (list->count)
        qsort(list->entries, list->count, sizeof *list->entries, by_path);
    for (size_t i = 0; i < list->count; i++) {
        if (kept && strcmp(list->entries[kept - 1].path, list->entries[i].path) == 0)
            free(list->entries[i].path);
        else
            list->entries[kept++] = list->entries[i];
    }
    list->count = kept;
}

size_t rt_git_list_find(const struct rt_git_list *list, const char *path)
{
    size_t low = 0;
    size_t high = list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(list->entries[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct rt_git_entry *rt_git_list_get(const struct rt_git_list *list, const char *path)
{
    size_t at = rt_git_list_find(list, path);

    if (at == list->count || strcmp(list->entries[at].path, path) != 0)
        return NULL;
    return &list->entries[at];
}

bool rt_git_list_has_below(const struct rt_git_list *list, const char *folder)
{
    char *prefix = rt_printf("%s/", folder);
    size_t at = rt_git_list_find(list, prefix);
    bool has = at < list->count && strncmp(list->entries[at].path, prefix, strlen(prefix)) == 0;

    free(prefix);
    return has;
}

const char *rt_git_hex(const struct rt_git_id *id, char hex[RT_GIT_HEX])
{
    for (size_t i = 0; i < sizeof id->bytes; i++)
        snprintf(hex + 2 * i, 3, "%02x", id->bytes[i]);
    return hex;
}

bool rt_git_id_equal(const struct rt_git_id *a, const struct rt_git_id *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
