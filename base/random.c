#include "base/random.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void rt_random_bytes(void *data, size_t size)
{
    unsigned char *at = data;

    while (size) {
        ssize_t got = getrandom(at, size, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            abort(); /* there is no Linux of ours without it */
        at += got;
        size -= (size_t)got;
    }
}

void rt_random_id(char id[RT_ID_TEXT])
{
    static const char alphabet[] = "abcdefghjkmnpqrstvwxyz0123456789";
    unsigned char bytes[RT_ID_TEXT - 1];

    rt_random_bytes(bytes, sizeof bytes);
    id[0] = alphabet[bytes[0] % 22];
    for (size_t i = 1; i < sizeof bytes; i++)
        id[i] = alphabet[bytes[i] % 32];
    id[RT_ID_TEXT - 1] = '\0';
}
