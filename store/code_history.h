#ifndef RT_STORE_CODE_HISTORY_H
#define RT_STORE_CODE_HISTORY_H
/* The commits between two revisions of the repository that a code root lies in. */
#include <stddef.h>
#include "base/err.h"

struct rt_code_change {
    char *commit;  /* id, hexadecimal */
    char *summary; /* the first line of its message */
};

/* The first item is `good`; then come the commits behind it, along first parents, up to `bad`: a
 * merge counts as one change. */
struct rt_code_history {
    struct rt_code_change *items;
    size_t count;
};

/* RT_ENOTFOUND if the folder is in no repository any more, or that has no such revision; RT_EUSAGE
 * if `bad` does not come after `good`. Clear it in any case. */
int rt_code_history_read(const char *folder, const char *good, const char *bad,
                         struct rt_code_history *history, struct rt_err *err);
void rt_code_history_clear(struct rt_code_history *history);

#endif
