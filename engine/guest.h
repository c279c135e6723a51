#ifndef RT_ENGINE_GUEST_H
#define RT_ENGINE_GUEST_H
/*
 * A guest as a process of its own: an interpreter that runs trials for the
 * worker that started it, where they cannot share one import.
 *
 * Both speak over a socket: a size (u32, little-endian) and so many bytes of
 * JSON; before what the guest says comes the nonce that it was told first of
 * all. The guest is told the entry, answers what it is or why it cannot
 * load it, and then is told calls. python/retrial/guest.py is its side.
 */
#include <sys/types.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

struct rt_guest {
    pid_t pid; /* 0: none */
    int pidfd;
    int channel;
    uint64_t nonce;
};

#define RT_GUEST_INIT                                                                              \
    {                                                                                              \
        0, -1, -1, 0                                                                               \
    }

/* Starts an interpreter and has it load an entry: `task` is the first message. On success *about
 * (yours) tells of the interpreter. RT_EUSAGE with the reason. */
int rt_guest_start(struct rt_guest *guest, const char *executable, const struct rt_json *task,
                   struct rt_json **about, struct rt_err *err);

#define RT_GUEST_CUT (-1) /* no status of wait(2) */

/* Asks, and waits for the answer (yours); what the guest asks meanwhile is answered by ask(), JSON
 * for JSON (may be NULL: nothing is). RT_EPEER if the guest ended instead: *status is then as
 * wait(2) gives it, and the guest is gone. If it was alive, but could no longer be understood, it
 * was killed, and *status is RT_GUEST_CUT. */
typedef void rt_guest_ask_fn(void *context, struct rt_span question, struct rt_buf *answer);
int rt_guest_ask(struct rt_guest *guest, const struct rt_json *question, rt_guest_ask_fn *ask,
                 void *context, struct rt_json **answer, int *status, struct rt_err *err);

/* Ends it. Harmless if there is none. */
void rt_guest_stop(struct rt_guest *guest);

#endif
