#include "store/metric_name.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char *const words[] = {
    "time",    "times",   "second",   "seconds",   "sec",     "secs",       "ms",
    "elapsed", "runtime", "walltime", "timestamp", "latency", "throughput", "duration",
};

static bool is_word(const char *start, size_t size)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == size && strncasecmp(words[i], start, size) == 0)
            return true;
    }
    return false;
}

/* Words end at what is no letter, and at a capital behind a small letter. */
bool rt_metric_is_time(struct rt_span name)
{
    const char *text = name.data;
    size_t start = 0;

    for (size_t i = 0; i <= name.size; i++) {
        bool letter = i < name.size && isalpha((unsigned char)text[i]);
        bool hump = letter && i > start && isupper((unsigned char)text[i]) &&
                    islower((unsigned char)text[i - 1]);

        if (letter && !hump)
            continue;
        if (i > start && is_word(text + start, i - start))
            return true;
        start = hump ? i : i + 1;
    }
    return false;
}
