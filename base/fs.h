#ifndef RT_BASE_FS_H
#define RT_BASE_FS_H
/* Files and folders. Errors name the path, and for a full disk the space left. */
#include <stdbool.h>
#include <sys/types.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* Reads a whole file and appends it to *out. RT_ENOTFOUND if there is none, else RT_EIO. */
int rt_fs_read(const char *path, struct rt_buf *out, struct rt_err *err);

/* Makes a file of mode 0600, or empties the one that is there, and writes to it: for what need not
 * outlive the machine. Never through a link. */
int rt_fs_write(const char *path, struct rt_span data, struct rt_err *err);

/* Writes the file under another name, syncs it, renames it, syncs the folder. */
int rt_fs_replace(const char *path, struct rt_span data, mode_t mode, struct rt_err *err);

/* Writes all bytes to fd, through interruptions and short writes. */
int rt_fs_write_all(int fd, struct rt_span data, const char *path, struct rt_err *err);

int rt_fs_sync_dir(const char *path, struct rt_err *err);

/* Makes a folder and those above it, mode 0700 where new; one that exists is fine. */
int rt_fs_mkdirs(const char *path, struct rt_err *err);

/* Removes a file or a folder with all in it; never follows links. Missing is fine. */
int rt_fs_remove(const char *path, struct rt_err *err);

bool rt_fs_exists(const char *path);
char *rt_fs_join(const char *folder, const char *name); /* yours */
char *rt_fs_absolute(const char *path);                 /* yours; links resolved where it exists */
char *rt_fs_parent(const char *path);                   /* yours; "." for a bare name */

/* The name of a network file system that path lies on ("NFS", "Lustre", ...), or NULL if local.
 * What is not there yet lies where the nearest folder above does. Folders in $RETRIAL_NETWORK and
 * $RETRIAL_LOCAL, with colons between, are what these say. Magic numbers: statfs(2). */
const char *rt_fs_network(const char *path);

/* Sets *err for a failed write: the text of errno, and the free space if that may be why. */
int rt_fs_write_error(struct rt_err *err, const char *doing, const char *path);

#ifdef __clang_analyzer__ /* see base/err.h */
#define rt_fs_write_error(err, doing, path) (rt_fs_write_error(err, doing, path), -1)
#endif

#endif
