/* Hashes as texts: what can be done with them without libcrypto. */
#include "base/hash.h"

#include <string.h>

const char *rt_hash_hex(const struct rt_hash *hash, char hex[RT_HASH_HEX])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < RT_HASH_SIZE; i++) {
        hex[2 * i] = digits[hash->bytes[i] >> 4];
        hex[2 * i + 1] = digits[hash->bytes[i] & 15];
    }
    hex[RT_HASH_HEX - 1] = '\0';
    return hex;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

int rt_hash_from_hex(struct rt_hash *hash, const char *hex)
{
    if (strlen(hex) != RT_HASH_HEX - 1)
        return -1;
    for (size_t i = 0; i < RT_HASH_SIZE; i++) {
        int high = digit(hex[2 * i]);
        int low = digit(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return -1;
        hash->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return 0;
}

int rt_hash_equal(const struct rt_hash *a, const struct rt_hash *b)
{
    return memcmp(a->bytes, b->bytes, RT_HASH_SIZE) == 0;
}
