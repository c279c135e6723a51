#include "base/texts.h"

#include "base/alloc.h"

#include <stdlib.h>

#define BLOCK 65536 /* bytes; of a longer text, as many as it has */

struct rt_texts_block {
    struct rt_texts_block *next;
    size_t used;
    size_t size;
    char bytes[];
};

static void add_block(struct rt_texts *texts, size_t needed)
{
    size_t size = needed > BLOCK ? needed : BLOCK;
    struct rt_texts_block *block = rt_alloc(sizeof *block + size);

    *block = (struct rt_texts_block){.next = texts->blocks, .size = size};
    texts->blocks = block;
}

const char *rt_texts_keep(struct rt_texts *texts, struct rt_span text)
{
    char *copy;

    if (!texts->blocks || texts->blocks->size - texts->blocks->used < text.size)
        add_block(texts, text.size);
    copy = texts->blocks->bytes + texts->blocks->used;
    if (text.size)
        memcpy(copy, text.data, text.size);
    texts->blocks->used += text.size;
    texts->size += text.size;
    return copy;
}

static void free_blocks(struct rt_texts_block *block)
{
    while (block) {
        struct rt_texts_block *next = block->next;

        free(block);
        block = next;
    }
}

void rt_texts_reset(struct rt_texts *texts)
{
    if (texts->blocks) {
        free_blocks(texts->blocks->next);
        texts->blocks->next = NULL;
        texts->blocks->used = 0;
    }
    texts->size = 0;
}

void rt_texts_clear(struct rt_texts *texts)
{
    free_blocks(texts->blocks);
    *texts = (struct rt_texts){NULL, 0};
}
