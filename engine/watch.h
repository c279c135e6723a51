#ifndef RT_ENGINE_WATCH_H
#define RT_ENGINE_WATCH_H
/*
 * Watches folders, so that one question tells whether anything was done in any of them.
 *
 * Door to inotify(7). The kernel allows each user only so many watches; who gets none has to look.
 */
#include <stdbool.h>

struct rt_watch;

/* NULL if there are no more to be had. */
struct rt_watch *rt_watch_new(void);
void rt_watch_free(struct rt_watch *watch); /* accepts NULL */

/* Watches the entries of a folder, its path relative to an open one, and what is done to those that
 * are files; again, if the folder is another one by now. False if it cannot be watched. */
bool rt_watch_add(struct rt_watch *watch, int folder, const char *path);

/* True if nothing was done since the last rt_watch_forget(). */
bool rt_watch_is_quiet(const struct rt_watch *watch);
void rt_watch_forget(struct rt_watch *watch);

#endif
