#ifndef RT_STORE_READS_H
#define RT_STORE_READS_H
/*
 * The reads of a model: the names of the params that it has asked for.
 *
 * Names of nested ones are dotted ("opt.lr"). "*" says that it took all params
 * together, "opt.*" all below "opt": which of those it used is unknown. The
 * set only grows. docs/parameters-that-matter.md tells what counts as a read.
 */
#include <stdbool.h>
#include "base/buf.h"
#include "base/json.h"
#include "base/reader.h"
#include "base/span.h"

#define RT_READS_MAX     512 /* names kept; a model that asks for more is taken to read in bulk */
#define RT_READS_KEY_MAX 256 /* bytes of a name; likewise */

struct rt_reads {
    char **keys; /* sorted */
    size_t count;
    size_t capacity;
};

enum rt_read {
    RT_READ_NEVER,
    RT_READ_YES,
    RT_READ_UNKNOWN, /* it was taken together with others */
};

void rt_reads_clear(struct rt_reads *reads);
bool rt_reads_has(const struct rt_reads *reads, const char *key);
/* Adds a name; true if it is new. */
bool rt_reads_note(struct rt_reads *reads, const char *key);
/* Adds all of `from`; true if one of them is new. */
bool rt_reads_merge(struct rt_reads *reads, const struct rt_reads *from);
/* True if merging `from` would add nothing. */
bool rt_reads_cover(const struct rt_reads *reads, const struct rt_reads *from);
/* What is known of a (dotted) parameter. */
enum rt_read rt_reads_verdict(const struct rt_reads *reads, const char *key);

/* Packed form: a count, then that many spans. get sets reader->bad if that is not what there is;
 * the reads are to be cleared in any case. */
void rt_reads_put(struct rt_buf *out, const struct rt_reads *reads);
void rt_reads_get(struct rt_reader *reader, struct rt_reads *reads);

/* As an array of texts. from_json: false if it is none. */
struct rt_json *rt_reads_json(const struct rt_reads *reads);
bool rt_reads_from_json(const struct rt_json *json, struct rt_reads *reads);

#endif
