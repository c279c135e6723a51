#ifndef RT_STORE_HOT_H
#define RT_STORE_HOT_H
/*
 * The hot store of a home: where it is on this host, and the way from a home
 * to a store that may be written.
 */
#include "store/claim.h"

/* Our folder for a home on a local disk of this host, mode 0700, made if it is
 * missing: in $RETRIAL_HOT, else in retrial-hot-UID below $TMPDIR or /tmp. Yours. RT_EUSAGE if that
 * is no local disk, or not ours alone. */
int rt_hot_folder(const struct rt_home *home, char **out, struct rt_err *err);

/* The hot store that a writer left on this host, if it is here and whole enough to tell. */
bool rt_hot_is_here(const struct rt_home *home, const struct rt_home_writer *writer);

struct rt_hot_request {
    const char *home;
    const char *store; /* where the hot store is to be; NULL: where it was, or on local scratch */
    uint64_t interval_us;
    rt_claim_notice_fn *notice;
    void *context;
};

/* Takes the home, and brings a store on this host level with it: *path is ready to be opened for
 * writing, and is yours. What was lost or is set aside is told by notices. RT_ELOCKED if somebody
 * else has the home. */
int rt_hot_open(const struct rt_hot_request *request, struct rt_claim **claim, char **path,
                struct rt_err *err);

#endif
