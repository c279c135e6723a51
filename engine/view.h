#ifndef RT_ENGINE_VIEW_H
#define RT_ENGINE_VIEW_H
/*
 * A view: the working directory of one worker. It has the folders of the code
 * root, and in them a link to each file. What trials write into it is theirs,
 * and is cleared away before the next trial.
 *
 * Of large code, the folders deepest down are links to the code's own. Files that could be written
 * through a link are copies, up to a limit.
 */
#include "base/err.h"

#define RT_VIEW_FOLDERS 1024u       /* each is looked at before a trial */
#define RT_VIEW_ENTRIES 8192u       /* each is a link to make when a worker starts */
#define RT_VIEW_COPY    (4u << 20)  /* bytes of one file that is copied */
#define RT_VIEW_COPIES  (32u << 20) /* bytes of all of them */

struct rt_view;

/* Makes the folder anew (what was there is removed) with links to what `root` holds. */
int rt_view_new(const char *folder, const char *root, struct rt_view **out, struct rt_err *err);
void rt_view_free(struct rt_view *view); /* leaves the folder */

/* Makes it the working directory, and as it was at first. Cheap if nothing was written: after some
 * such calls one question to the kernel. */
int rt_view_enter(struct rt_view *view, struct rt_err *err);

#endif
