#include "base/suggest.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#define LENGTH_MAX 40

static unsigned min(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Damerau's distance of neighbours: insert, delete, replace or swap two characters; case and the
 * kind of separator cost nothing. Both texts are at most LENGTH_MAX long. */
static unsigned distance(const char *a, const char *b)
{
    unsigned rows[3][LENGTH_MAX + 1];
    size_t width = strlen(b);

    for (size_t j = 0; j <= width; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; a[i - 1]; i++) {
        unsigned *now = rows[i % 3];
        const unsigned *last = rows[(i + 2) % 3];
        const unsigned *before = rows[(i + 1) % 3];

        now[0] = (unsigned)i;
        for (size_t j = 1; j <= width; j++) {
            int same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]) ||
                       (strchr("-_ ", a[i - 1]) && strchr("-_ ", b[j - 1]));

            now[j] = min(min(last[j], now[j - 1]) + 1, last[j - 1] + !same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = min(now[j], before[j - 2] + 1);
        }
    }
    return rows[strlen(a) % 3][width];
}

const char *rt_suggest(const char *wrong, const char *const *known)
{
    size_t size = strnlen(wrong, LENGTH_MAX + 1);
    unsigned limit = size <= 3 ? 1 : size <= 6 ? 2 : 3;
    const char *best = NULL;

    if (size == 0 || size > LENGTH_MAX)
        return NULL;
    for (; *known; known++) {
        unsigned far = strlen(*known) <= LENGTH_MAX ? distance(wrong, *known) : limit + 1;

        if (far > limit || far >= strlen(*known))
            continue;
        best = *known;
        limit = far ? far - 1 : 0;
        if (far == 0)
            break;
    }
    return best;
}
