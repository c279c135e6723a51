#ifndef RT_STORE_CODE_MAKING_H
#define RT_STORE_CODE_MAKING_H
/* A code state in the making: files go to code.git one by one, then it gets its hash and its
 * reference. */
#include "base/hash.h"
#include "store/git.h"

struct rt_code_making {
    struct rt_git_store *store;
    struct rt_git_list tree; /* all files: root's name and path */
    struct rt_code_made *files;
    size_t count;
    size_t capacity;
};

/* Opens the repository, made if missing. Clear it in any case. */
int rt_code_making_open(struct rt_code_making *making, const char *repository, struct rt_err *err);
void rt_code_making_clear(struct rt_code_making *making);

/* Adds a file of a root. *id is what git calls it. */
int rt_code_making_add(struct rt_code_making *making, const char *root, const char *path,
                       uint32_t mode, struct rt_span content, struct rt_git_id *id,
                       struct rt_err *err);

/* Makes it durable, under its hash. */
int rt_code_making_keep(struct rt_code_making *making, struct rt_hash *code, struct rt_err *err);

#endif
