#ifndef RT_ENGINE_SURROUNDINGS_H
#define RT_ENGINE_SURROUNDINGS_H
/*
 * Surroundings: what a process has that one trial could leave changed for the
 * next: environment, umask, signal mask, limits, an alarm. (The working directory is
 * engine/view.h's.)
 */
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#define RT_SURROUNDINGS_LIMITS 8

struct rt_surroundings {
    char **environment; /* our strings, in environ's order, ended by NULL */
    size_t count;
    mode_t mask;
    struct rlimit limits[RT_SURROUNDINGS_LIMITS];
};

/* Notes them. Call it once per process; what it allocates lives as long as that. */
void rt_surroundings_keep(struct rt_surroundings *kept);

/* Puts the environment back, without a system call. True if it had been changed. */
bool rt_surroundings_restore_environment(const struct rt_surroundings *kept);

/* Puts umask and signal mask back. */
void rt_surroundings_restore(const struct rt_surroundings *kept);

/* Puts soft limits back and stops an alarm: one system call for each. */
void rt_surroundings_restore_rest(const struct rt_surroundings *kept);

#endif
