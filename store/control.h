#ifndef RT_STORE_CONTROL_H
#define RT_STORE_CONTROL_H
/*
 * Control: how other processes of the same user ask the live writer of a
 * store for something. A socket in the store, mode 0600; one JSON object per
 * line is asked, one per line answered, in order. What requests mean is the
 * business of whoever answers. Nothing here blocks but rt_control_ask().
 */
#include <poll.h>
#include <stdbool.h>
#include "base/err.h"
#include "base/json.h"

struct rt_control;

#define RT_CONTROL_CLIENTS  16 /* at a time; more wait */
#define RT_CONTROL_FDS      (1 + RT_CONTROL_CLIENTS)
#define RT_CONTROL_LINE_MAX (64u << 10) /* bytes of a request; of an answer 256 times as much */

/* Listens in the store `folder`; the caller must hold the store's lock. */
int rt_control_open(const char *folder, struct rt_control **out, struct rt_err *err);
/* Sends what can be sent at once, and removes the socket. Accepts NULL. */
void rt_control_close(struct rt_control *control);

/* Fills in what to poll for; returns how many (at most RT_CONTROL_FDS). */
size_t rt_control_fds(const struct rt_control *control, struct pollfd *fds, size_t room);

/* Answers a request: an object that is yours to make, and control's to free. */
typedef struct rt_json *rt_control_answer_fn(void *context, const struct rt_json *request);
/* Takes in and answers all requests that have come. */
void rt_control_step(struct rt_control *control, rt_control_answer_fn *answer, void *context);

/* Asks the writer of the store in `folder`. RT_ENOTFOUND if nobody listens there; RT_EPEER if
 * there is no answer within the time given. */
int rt_control_ask(const char *folder, const struct rt_json *request, uint64_t timeout_us,
                   struct rt_json **answer, struct rt_err *err);

#endif
