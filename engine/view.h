#ifndef RT_ENGINE_VIEW_H
#define RT_ENGINE_VIEW_H
/*
 * A view: the working directory of one worker, a folder with a link to each
 * entry of the code root. What trials write into it is theirs, and is cleared
 * away before the next trial.
 */
#include "base/err.h"

struct rt_view;

/* Makes the folder anew (what was there is removed) with links to what `root` holds. */
int rt_view_new(const char *folder, const char *root, struct rt_view **out, struct rt_err *err);
void rt_view_free(struct rt_view *view); /* leaves the folder */

/* Makes it the working directory, and as it was at first. Cheap if nothing was written. */
int rt_view_enter(struct rt_view *view, struct rt_err *err);

#endif
