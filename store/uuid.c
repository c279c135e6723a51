#include "store/uuid.h"

#include <string.h>
#include <sys/random.h>

int rt_uuid_new(uint8_t uuid[RT_UUID_SIZE], struct rt_err *err)
{
    if (getrandom(uuid, RT_UUID_SIZE, 0) != RT_UUID_SIZE)
        return rt_err_errno(err, RT_EIO, "asking the system for random bytes");
    uuid[6] = (uint8_t)((uuid[6] & 0x0F) | 0x40);
    uuid[8] = (uint8_t)((uuid[8] & 0x3F) | 0x80);
    return 0;
}

static int is_dash(int at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

const char *rt_uuid_text(const uint8_t uuid[RT_UUID_SIZE], char text[RT_UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    int nibble = 0;

    for (int at = 0; at < RT_UUID_TEXT - 1; at++) {
        if (is_dash(at)) {
            text[at] = '-';
            continue;
        }
        text[at] = digits[nibble % 2 ? uuid[nibble / 2] & 15 : uuid[nibble / 2] >> 4];
        nibble++;
    }
    text[RT_UUID_TEXT - 1] = '\0';
    return text;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int rt_uuid_parse(const char *text, uint8_t uuid[RT_UUID_SIZE])
{
    int nibble = 0;

    if (strlen(text) != RT_UUID_TEXT - 1)
        return -1;
    memset(uuid, 0, RT_UUID_SIZE);
    for (int at = 0; at < RT_UUID_TEXT - 1; at++) {
        int value = digit(text[at]);

        if (is_dash(at) ? text[at] != '-' : value < 0)
            return -1;
        if (is_dash(at))
            continue;
        uuid[nibble / 2] |= (uint8_t)(nibble % 2 ? value : value << 4);
        nibble++;
    }
    return 0;
}
