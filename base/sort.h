#ifndef RT_BASE_SORT_H
#define RT_BASE_SORT_H
/* Sorting what is nearly always in order already: then it is only looked at. */
#include <stddef.h>

void rt_sort(void *items, size_t count, size_t size, int (*compare)(const void *a, const void *b));

#endif
