#include "store/code_hash.h"

#include <stdio.h>
#include <string.h>

struct rt_hasher *rt_code_hash_new(void)
{
    static const char name[] = "retrial code 1";
    struct rt_hasher *hasher = rt_hasher_new();

    rt_hasher_add(hasher, name, sizeof name);
    return hasher;
}

void rt_code_hash_add(struct rt_hasher *hasher, const char *path, uint32_t mode,
                      const struct rt_hash *content)
{
    char text[16];

    snprintf(text, sizeof text, "%06o", (unsigned)mode);
    rt_hasher_add(hasher, path, strlen(path) + 1);
    rt_hasher_add(hasher, text, strlen(text) + 1);
    rt_hasher_add(hasher, content->bytes, sizeof content->bytes);
}
