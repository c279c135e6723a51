#ifndef RT_BASE_RANDOM_H
#define RT_BASE_RANDOM_H
/* Randomness from the kernel: for names that must not clash, never for results. */
#include <stddef.h>
#include <stdint.h>

void rt_random_bytes(void *data, size_t size);

/* A random public id: a letter and five more of a-z and 0-9 without i, l, o and u, so that no two
 * are taken for each other when read aloud (the alphabet of Crockford's base 32). */
#define RT_ID_TEXT 7
void rt_random_id(char id[RT_ID_TEXT]);

#endif
