#include "store/reads.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

void rt_reads_clear(struct rt_reads *reads)
{
    for (size_t i = 0; i < reads->count; i++)
        free(reads->keys[i]);
    free(reads->keys);
    *reads = (struct rt_reads){NULL, 0, 0};
}

/* The place of the first name that is not before this one. */
static size_t place_of(const struct rt_reads *reads, const char *key)
{
    size_t low = 0;
    size_t high = reads->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(reads->keys[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool rt_reads_has(const struct rt_reads *reads, const char *key)
{
    size_t place = place_of(reads, key);

    return place < reads->count && strcmp(reads->keys[place], key) == 0;
}

bool rt_reads_note(struct rt_reads *reads, const char *key)
{
    size_t place;

    if (rt_reads_has(reads, key))
        return false;
    if (strcmp(key, "*") != 0 &&
        (reads->count >= RT_READS_MAX - 1 || strlen(key) > RT_READS_KEY_MAX))
        return rt_reads_note(reads, "*");
    place = place_of(reads, key);
    reads->keys = rt_grow(reads->keys, &reads->capacity, reads->count + 1, sizeof *reads->keys);
    memmove(reads->keys + place + 1, reads->keys + place,
            (reads->count - place) * sizeof *reads->keys);
    reads->keys[place] = rt_strdup(key);
    reads->count++;
    return true;
}

bool rt_reads_merge(struct rt_reads *reads, const struct rt_reads *from)
{
    bool grown = false;

    for (size_t i = 0; i < from->count; i++)
        grown |= rt_reads_note(reads, from->keys[i]);
    return grown;
}

/* A full set takes a bulk read in place of the name. */
bool rt_reads_cover(const struct rt_reads *reads, const struct rt_reads *from)
{
    bool full = reads->count >= RT_READS_MAX - 1 && rt_reads_has(reads, "*");

    for (size_t i = 0; i < from->count && !full; i++) {
        if (!rt_reads_has(reads, from->keys[i]))
            return false;
    }
    return true;
}

static bool any_below(const struct rt_reads *reads, const char *key)
{
    size_t size = strlen(key);

    for (size_t i = 0; i < reads->count; i++) {
        if (strncmp(reads->keys[i], key, size) == 0 && reads->keys[i][size] == '.')
            return true;
    }
    return false;
}

enum rt_read rt_reads_verdict(const struct rt_reads *reads, const char *key)
{
    bool together = rt_reads_has(reads, "*");

    if (rt_reads_has(reads, key) || any_below(reads, key))
        return RT_READ_YES;
    for (const char *dot = strchr(key, '.'); dot && !together; dot = strchr(dot + 1, '.')) {
        char *above = rt_printf("%.*s.*", (int)(dot - key), key);

        together = rt_reads_has(reads, above);
        free(above);
    }
    return together ? RT_READ_UNKNOWN : RT_READ_NEVER;
}

void rt_reads_put(struct rt_buf *out, const struct rt_reads *reads)
{
    rt_buf_put_varint(out, reads->count);
    for (size_t i = 0; i < reads->count; i++)
        rt_buf_put_text(out, reads->keys[i]);
}

void rt_reads_get(struct rt_reader *reader, struct rt_reads *reads)
{
    uint64_t count = rt_read_varint(reader);

    if (count > RT_READS_MAX)
        reader->bad = true;
    for (uint64_t i = 0; i < count && !reader->bad; i++) {
        char *key = rt_read_text(reader);

        if (!reader->bad && (!*key || strlen(key) > RT_READS_KEY_MAX || !rt_reads_note(reads, key)))
            reader->bad = true;
        free(key);
    }
}

struct rt_json *rt_reads_json(const struct rt_reads *reads)
{
    struct rt_json *list = rt_json_new_array();

    for (size_t i = 0; i < reads->count; i++)
        rt_json_append(list, rt_json_new_string(reads->keys[i]));
    return list;
}

bool rt_reads_from_json(const struct rt_json *json, struct rt_reads *reads)
{
    if (!json || rt_json_kind(json) != RT_JSON_ARRAY || rt_json_count(json) > RT_READS_MAX)
        return false;
    for (size_t i = 0; i < rt_json_count(json); i++) {
        const char *key = rt_json_string(rt_json_at(json, i));

        if (!key)
            return false;
        rt_reads_note(reads, key);
    }
    return true;
}
