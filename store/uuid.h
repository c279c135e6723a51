#ifndef RT_STORE_UUID_H
#define RT_STORE_UUID_H
/* UUIDs (RFC 4122, version 4): what pairs the parts of a store. */
#include <stdint.h>
#include "base/err.h"

#define RT_UUID_SIZE 16
#define RT_UUID_TEXT 37 /* "6ba7b810-9dad-41d1-80b4-00c04fd430c8" with NUL */

int rt_uuid_new(uint8_t uuid[RT_UUID_SIZE], struct rt_err *err);
const char *rt_uuid_text(const uint8_t uuid[RT_UUID_SIZE], char text[RT_UUID_TEXT]);
int rt_uuid_parse(const char *text, uint8_t uuid[RT_UUID_SIZE]); /* 0, or -1 if it is none */

#endif
