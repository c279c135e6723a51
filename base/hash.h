#ifndef RT_BASE_HASH_H
#define RT_BASE_HASH_H
/* SHA-256 (FIPS 180-4), the one hash of every format of ours. hash.c is the door to libcrypto; the
 * module of guests has another (engine/modules/guest_hash.c). */
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

#define RT_HASH_SIZE 32 /* bytes */
#define RT_HASH_HEX  65 /* characters with NUL */

struct rt_hash {
    uint8_t bytes[RT_HASH_SIZE];
};

struct rt_hasher; /* a hash in the making */

struct rt_hash rt_hash(struct rt_span span);
/* The hash of several spans, each preceded by its size as u64: no two lists collide. */
struct rt_hash rt_hash_list(const struct rt_span *spans, size_t count);

struct rt_hasher *rt_hasher_new(void);
void rt_hasher_add(struct rt_hasher *hasher, const void *data, size_t size);
struct rt_hash rt_hasher_end(struct rt_hasher *hasher); /* frees the hasher, too */
void rt_hasher_free(struct rt_hasher *hasher);

/* Hashes a file by reading it in pieces; *size_bytes may be NULL. */
int rt_hash_file(const char *path, struct rt_hash *hash, uint64_t *size_bytes, struct rt_err *err);

const char *rt_hash_hex(const struct rt_hash *hash, char hex[RT_HASH_HEX]);
int rt_hash_from_hex(struct rt_hash *hash, const char *hex); /* 0, or -1 if it is none */
int rt_hash_equal(const struct rt_hash *a, const struct rt_hash *b);

#endif
