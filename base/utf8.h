#ifndef RT_BASE_UTF8_H
#define RT_BASE_UTF8_H
/* UTF-8, as strict as RFC 3629: no surrogates, no overlong forms. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

/* The bytes of the character that starts `text`, or 0 if there is no valid one. */
size_t rt_utf8_next(struct rt_span text, uint32_t *character);

/* True if all of text is valid. Otherwise *bad (may be NULL) is where it is not. */
bool rt_utf8_valid(struct rt_span text, size_t *bad);

/* A copy short enough to be quoted in a sentence; "..." stands for what was cut. Returns out. */
#define RT_UTF8_CLIP 64
const char *rt_utf8_clip(const char *text, char out[RT_UTF8_CLIP]);

#endif
