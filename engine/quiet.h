#ifndef RT_ENGINE_QUIET_H
#define RT_ENGINE_QUIET_H
/*
 * Quiet trials: those that asked the kernel for nothing.
 *
 * A trial that made no system call has printed nothing, changed no directory, mask or file, and
 * started nobody, so that nothing needs to be looked at or put back after it. Linux tells at no
 * cost (prctl(2), PR_SET_SYSCALL_USER_DISPATCH): the first system call of a trial raises SIGSYS,
 * whose handler notes that, lets the call happen and asks for no more signals. That costs 3 us
 * once, so after trials that were not quiet several go unobserved. Of a process that has other
 * threads or children nothing is known, as they could do anything meanwhile.
 *
 * There is one per process. On other machines than x86-64, under valgrind, and where users' code
 * handles SIGSYS itself no trial is known to be quiet.
 */
#include <stdbool.h>

struct rt_quiet {
    bool unable;    /* it cannot be known in this process */
    bool alone;     /* no threads or children, and SIGSYS is ours: as of the last trial */
    bool armed;     /* a trial is observed */
    unsigned pause; /* trials that go unobserved */
    unsigned next;  /* length of the next pause */
};

/* Around a trial. rt_quiet_end() is true if it made no system call, rt_quiet_so_far() if it has not
 * yet. */
void rt_quiet_begin(struct rt_quiet *quiet);
bool rt_quiet_so_far(const struct rt_quiet *quiet);
bool rt_quiet_end(struct rt_quiet *quiet);

#endif
