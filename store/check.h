#ifndef RT_STORE_CHECK_H
#define RT_STORE_CHECK_H
/*
 * The check: is this store whole? docs/check.md says what is compared with what.
 *
 * Each part is read in a process of its own, so that damage which ends a
 * reader (a mapped file that is cut short) ends that process alone. Nothing
 * is changed: what nobody writes is read without locks, and a store that
 * somebody writes as any reader does.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

/* Something that is not as it should be. No pointers: it passes a pipe. */
struct rt_check_finding {
    int code;         /* RT_EDAMAGED, RT_ENEWER or RT_EIO */
    char part[16];    /* "format", "journal", "objects", "code", "index" */
    char what[1024];  /* what is wrong, and where */
    char remedy[192]; /* what to do about it */
    bool repairable;  /* --repair makes it anew */
};

struct rt_check_facts {
    uint64_t events;
    uint64_t attempts;
    uint64_t objects;
    uint64_t spare_objects; /* that no event names: a writer died before it named them */
    uint64_t codes;         /* code states */
    uint64_t behind;        /* events that the index does not have yet */
    bool indexed;           /* there is an index */
    bool live;              /* somebody writes to the store */
};

typedef void rt_check_fn(void *context, const struct rt_check_finding *finding);

/* Reads everything and tells what it finds, once the whole is known. Returns 0 if all is well;
 * RT_EDAMAGED, RT_ENEWER or RT_EIO as the worst finding has it; or what kept it from looking. */
int rt_check(const char *path, rt_check_fn *each, void *context, struct rt_check_facts *facts,
             struct rt_err *err);

/* Makes anew, from the journal, what is not the truth: checkpoints, and the index. A present index
 * is renamed to `aside` (yours; NULL if there was none). RT_ELOCKED while somebody writes. */
int rt_check_repair(const char *path, char **aside, struct rt_err *err);

#endif
