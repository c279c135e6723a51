#ifndef RT_BASE_PROGRAM_H
#define RT_BASE_PROGRAM_H
/* Other people's programs that are asked something and answer on stdout. */
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

/* Runs argv[0], found on the PATH, and appends what it prints to *out. RT_ENOTFOUND if it cannot
 * be started; RT_EPEER if it does not end well, prints more than `most` bytes, or has not ended
 * after limit_us: then it is killed, and not waited for, for it may hang in the kernel. */
int rt_program_ask(const char *const argv[], uint64_t limit_us, size_t most, struct rt_buf *out,
                   struct rt_err *err);

#endif
