#ifndef RT_ENGINE_KIN_H
#define RT_ENGINE_KIN_H
/*
 * Kin: the processes that descend from this one.
 *
 * The caller is a subreaper (prctl), so that what its children leave behind
 * becomes its own child, whatever sessions or groups it moved to.
 */
#include <stddef.h>
#include <sys/types.h>

/* Kills and reaps every child of this process, and all below, but for those in `keep` and their
 * descendants. Gives up after five seconds (a process may be stuck in the kernel); returns how
 * many were left then. */
size_t rt_kin_end(const pid_t *keep, size_t count);

/* True if this process has any child, dead or alive. */
int rt_kin_any(void);

#endif
