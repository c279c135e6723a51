#ifndef RT_STORE_CODE_WALK_H
#define RT_STORE_CODE_WALK_H
/*
 * The walk through a code root: which of its files are code, which are only
 * named, and what git knows of them. It reads names and sizes, no contents,
 * and never follows a symbolic link.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "store/code_scope.h"

struct rt_code_file {
    char *path; /* relative to the root */
    uint64_t size;
    uint32_t mode; /* RT_GIT_FILE, _EXECUTABLE or _LINK */
    bool tracked;
};

struct rt_code_names {
    char **names;
    size_t count;
    size_t capacity;
};

struct rt_code_walk {
    char *root;                 /* absolute */
    int fd;                     /* of the root */
    struct rt_code_file *files; /* sorted by path */
    size_t count;
    size_t capacity;
    struct rt_code_names linked;   /* sorted */
    struct rt_code_names left_out; /* sorted */
    struct rt_code_scope *scopes;  /* the first is the root's own */
    size_t scope_count;
    size_t scope_capacity;
    char *reason; /* the first thing that could not be read, or NULL */
};

/* Absolute paths that are no code, or code whatever git ignores. */
struct rt_code_choice {
    struct rt_code_names leave_out;
    struct rt_code_names keep;
    struct rt_code_names ignore; /* patterns */
};

/* Walks. RT_EUSAGE if root, absolute and without links in it, is no folder that can be read;
 * what cannot be read below is a reason. */
int rt_code_walk(struct rt_code_walk *walk, const char *root, const struct rt_code_choice *choice,
                 struct rt_err *err);
void rt_code_walk_clear(struct rt_code_walk *walk);

/* Keeps the first trouble as the reason. */
void rt_code_walk_trouble(struct rt_code_walk *walk, const char *doing, const char *path);

void rt_code_names_add(struct rt_code_names *names, const char *name);
void rt_code_names_sort(struct rt_code_names *names);
void rt_code_names_clear(struct rt_code_names *names);

#endif
