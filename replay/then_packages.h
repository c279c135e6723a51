#ifndef RT_REPLAY_THEN_PACKAGES_H
#define RT_REPLAY_THEN_PACKAGES_H
/* Lists of packages that originals had, beside the one that their replay has. */
#include "base/buf.h"
#include "store/db.h"
#include "base/json.h"

struct rt_then_packages {
    struct rt_json **lists; /* name to version; each once */
    char **hashes;          /* of them */
    size_t count;
};

/* Adds the list with that hash, unless it is there. */
int rt_then_packages_add(struct rt_then_packages *packages, struct rt_db *index, const char *hash,
                         struct rt_err *err);
void rt_then_packages_clear(struct rt_then_packages *packages);

/* Appends "scipy 1.10.1 -> gone, numpy 1.24.2 -> 1.26.0 and 2 more" if `now`, a name to version,
 * is none of the lists. What is new now is no loss. */
void rt_then_packages_compare(const struct rt_then_packages *packages, const struct rt_json *now,
                              struct rt_buf *out);

#endif
