#ifndef RT_STORE_CLAIM_H
#define RT_STORE_CLAIM_H
/*
 * A claim: this process is the writer of a home. A thread gives signs of
 * life, and looks whether somebody else took the home over.
 */
#include "store/home.h"

struct rt_claim;

/* One line for the person at the keyboard. */
typedef void rt_claim_notice_fn(void *context, const char *text);

/* Watches a writer of a home for a sign of life: 1 as soon as it gives one, 0 if it gives none for
 * so long. Clocks are not asked for it. RT_EINTERRUPTED if a signal came meanwhile. */
int rt_claim_watch(const char *home, uint32_t writer, uint64_t us, struct rt_err *err);

struct rt_claim_request {
    const char *home;
    const char *hot; /* path of the hot store */
    uint64_t interval_us;
    rt_claim_notice_fn *notice; /* may be NULL */
    void *context;
};

/* Takes a home. RT_ELOCKED says who has it; a writer on another host is watched for a while, and
 * taken for dead if it gives no sign of life. RT_EINTERRUPTED if a signal came meanwhile. */
int rt_claim_take(const struct rt_claim_request *request, struct rt_claim **out,
                  struct rt_err *err);

/* The writer that is continued; number 0 if there was none. It had died if ended_us is 0. */
const struct rt_home_writer *rt_claim_base(const struct rt_claim *claim);
/* What this writer says of itself. One thread at a time changes it, and writes it. */
struct rt_home_writer *rt_claim_self(struct rt_claim *claim);
const char *rt_claim_home(const struct rt_claim *claim);

/* Begins, where the base ends. What the hot store gets before, it has no right to. */
int rt_claim_begin(struct rt_claim *claim, struct rt_err *err);
/* Writes what this writer says of itself. RT_ELOCKED if it was taken over. */
int rt_claim_write(struct rt_claim *claim, struct rt_err *err);
/* RT_ELOCKED once it was taken over; costs nothing. */
int rt_claim_check(struct rt_claim *claim, struct rt_err *err);

/* Gives the home back if it is level with the hot store, and frees. Else only this host may go on
 * without being told that something is missing. Accepts NULL. */
int rt_claim_give_back(struct rt_claim *claim, bool level, struct rt_err *err);

#endif
