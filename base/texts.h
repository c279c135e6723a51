#ifndef RT_BASE_TEXTS_H
#define RT_BASE_TEXTS_H
/*
 * Copies of texts that are dropped all at once, and stay where they are until then.
 *
 * A texts that is all zeros is empty.
 */
#include "base/span.h"

struct rt_texts {
    struct rt_texts_block *blocks; /* the one with room first */
    size_t size;                   /* bytes kept */
};

/* The copy; not ended by NUL. */
const char *rt_texts_keep(struct rt_texts *texts, struct rt_span text);
void rt_texts_reset(struct rt_texts *texts); /* drops them, and keeps some memory */
void rt_texts_clear(struct rt_texts *texts); /* drops them, and frees all */

#endif
