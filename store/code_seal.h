#ifndef RT_STORE_CODE_SEAL_H
#define RT_STORE_CODE_SEAL_H
/*
 * A seal on unpacked code: notices that what was unpacked is not the recorded code any more.
 *
 * Files are looked at by number, size and times; only those that differ are read. Files that were
 * added do not break it, but can be asked for.
 */
#include "base/err.h"
#include "base/span.h"

struct rt_code_seal;

/* Of a bundle just unpacked below `folder` by rt_code_unpack(). */
int rt_code_seal_new(struct rt_span bundle, const char *folder, struct rt_code_seal **out,
                     struct rt_err *err);
void rt_code_seal_free(struct rt_code_seal *seal);

/* The path ("noise/model.py") of a file that is gone or not what it was, or NULL. */
const char *rt_code_seal_broken(struct rt_code_seal *seal);

/* The path of a file that was added, other than byte code, or NULL; yours. */
char *rt_code_seal_added(const struct rt_code_seal *seal);

#endif
