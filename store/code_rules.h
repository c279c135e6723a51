#ifndef RT_STORE_CODE_RULES_H
#define RT_STORE_CODE_RULES_H
/* Which names and sizes are code. The rules are told to people in docs/code-state.md. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RT_CODE_UNTRACKED_MAX (10u << 20)    /* bytes of a file that git does not track */
#define RT_CODE_TRACKED_MAX   (100u << 20)   /* bytes of a file that git tracks: GitHub's limit */
#define RT_CODE_UNTRACKED_SUM (512ull << 20) /* bytes of all untracked files of a root */
#define RT_CODE_TRACKED_SUM   (1024ull << 20)
#define RT_CODE_FOLDER_MAX    (64ull << 20) /* bytes of a folder without tracked files */
#define RT_CODE_FOLDER_FILES  10000u        /* files of such a folder */
#define RT_CODE_DEPTH         200           /* of folders; each costs a descriptor */
#define RT_CODE_NAMED         4096u         /* paths named in a record, per root and kind */

bool rt_code_is_never(const char *name);    /* .git, .retrial: not even if tracked */
bool rt_code_is_made(const char *name);     /* __pycache__, *.pyc: made from other files */
bool rt_code_is_notebook(const char *name); /* *.ipynb */
bool rt_code_is_source(const char *name);   /* *.py, *.c, *.sh, ... */
/* .env, *.pem, id_rsa and the like; api_token.txt and the like only if git does not track it. */
bool rt_code_is_secret(const char *name, bool tracked);

/* Whether a pattern of `code: {ignore: ...}` matches the path, relative to its root: as in a
 * .gitignore, without the "!" before it. */
bool rt_code_pattern_matches(const char *pattern, const char *path, bool folder);
/* By the last of such patterns that matches: "!*.csv" takes back what one before it said. What is
 * in an ignored folder is ignored with it, which is for the caller to ask. */
bool rt_code_ignored(const char *const *patterns, size_t count, const char *path, bool folder);

/* Whether a symbolic link at path (relative to its root) leads out of the root. An absolute
 * target stays right wherever the link is copied, so it does not count. */
bool rt_code_link_leaves(const char *path, const char *target);

#endif
