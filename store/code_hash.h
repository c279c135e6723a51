#ifndef RT_STORE_CODE_HASH_H
#define RT_STORE_CODE_HASH_H
/* The hash by which a code state is known; its layout is in docs/code-state.md. */
#include <stdint.h>
#include "base/hash.h"

struct rt_hasher *rt_code_hash_new(void);
/* Adds a file; files come sorted by path ("root/file") as bytes. End with rt_hasher_end(). */
void rt_code_hash_add(struct rt_hasher *hasher, const char *path, uint32_t mode,
                      const struct rt_hash *content);

#endif
