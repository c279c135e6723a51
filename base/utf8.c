#include "base/utf8.h"

#include <string.h>

static size_t length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if ((first & 0xE0) == 0xC0)
        return 2;
    if ((first & 0xF0) == 0xE0)
        return 3;
    return (first & 0xF8) == 0xF0 ? 4 : 0;
}

size_t rt_utf8_next(struct rt_span text, uint32_t *character)
{
    static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *at = text.data;
    size_t size = text.size ? length(at[0]) : 0;
    uint32_t point;

    *character = 0;
    if (size == 0 || size > text.size)
        return 0;
    point = size == 1 ? at[0] : at[0] & (0xFFu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        point = point << 6 | (at[i] & 0x3Fu);
    }
    if (point < lowest[size] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return 0;
    *character = point;
    return size;
}

bool rt_utf8_valid(struct rt_span text, size_t *bad)
{
    const char *at = text.data;
    uint32_t character;

    for (size_t used = 0; used < text.size;) {
        size_t size = rt_utf8_next(rt_span(at + used, text.size - used), &character);

        if (size == 0) {
            if (bad)
                *bad = used;
            return false;
        }
        used += size;
    }
    return true;
}

const char *rt_utf8_clip(const char *text, char out[RT_UTF8_CLIP])
{
    size_t size = strnlen(text, RT_UTF8_CLIP);

    if (size < RT_UTF8_CLIP) {
        memcpy(out, text, size + 1);
        return out;
    }
    size = RT_UTF8_CLIP - 4;
    while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
        size--;
    memcpy(out, text, size);
    memcpy(out + size, "...", 4);
    return out;
}
