#ifndef RT_BASE_ALLOC_H
#define RT_BASE_ALLOC_H
/*
 * Memory. Running out of it stops the program with a message: the store is
 * transactional, so stopping is safe. Sizes that users' data decide are
 * checked by the caller before they arrive here.
 */
#include <stdarg.h>
#include <stddef.h>

/* Each returns memory that the caller frees with free(), never NULL. */
void *rt_alloc(size_t size);                 /* not cleared */
void *rt_calloc(size_t count, size_t size);  /* cleared; the product is checked */
void *rt_realloc(void *memory, size_t size); /* as realloc() */
void *rt_grow(void *memory, size_t *capacity, size_t needed, size_t item_size);
char *rt_strdup(const char *text);
char *rt_strndup(const char *text, size_t size); /* copies size bytes at most and ends with NUL */
char *rt_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *rt_vprintf(const char *format, va_list args);

#endif
