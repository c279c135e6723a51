#include "base/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void out_of_memory(void)
{
    static const char text[] = "retrial: out of memory; what was recorded is safe\n";
    ssize_t ignored = write(2, text, sizeof text - 1);

    (void)ignored;
    abort();
}

void *rt_alloc(size_t size)
{
    void *memory = malloc(size ? size : 1);

    if (!memory)
        out_of_memory();
    return memory;
}

void *rt_calloc(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);

    if (!memory)
        out_of_memory();
    return memory;
}

void *rt_realloc(void *memory, size_t size)
{
    void *moved = realloc(memory, size ? size : 1);

    if (!moved)
        out_of_memory();
    return moved;
}

/* Makes room for `needed` items, at least doubling, and clears nothing. */
void *rt_grow(void *memory, size_t *capacity, size_t needed, size_t item_size)
{
    size_t wanted = *capacity ? *capacity : 8;

    if (needed <= *capacity)
        return memory;
    while (wanted < needed) {
        if (wanted > SIZE_MAX / 2)
            out_of_memory();
        wanted *= 2;
    }
    if (wanted > SIZE_MAX / item_size)
        out_of_memory();
    memory = rt_realloc(memory, wanted * item_size);
    *capacity = wanted;
    return memory;
}

char *rt_strdup(const char *text)
{
    return rt_strndup(text, strlen(text));
}

char *rt_strndup(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    char *copy = rt_alloc(length + 1);

    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *rt_vprintf(const char *format, va_list args)
{
    char *text;

    if (vasprintf(&text, format, args) < 0)
        out_of_memory();
    return text;
}

char *rt_printf(const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = rt_vprintf(format, args);
    va_end(args);
    return text;
}
