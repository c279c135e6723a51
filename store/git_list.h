#ifndef RT_STORE_GIT_LIST_H
#define RT_STORE_GIT_LIST_H
/* Lists of files as git knows them: path, mode and the id of the content. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RT_GIT_FILE       0100644u
#define RT_GIT_EXECUTABLE 0100755u
#define RT_GIT_LINK       0120000u
#define RT_GIT_MODULE     0160000u /* a submodule: a commit of another repository */
#define RT_GIT_TREE       0040000u

struct rt_git_id {
    uint8_t bytes[20];
};

#define RT_GIT_HEX 41 /* characters with NUL */

/* A file of an index or a tree. */
struct rt_git_entry {
    char *path; /* relative to where the listing started */
    uint32_t mode;
    struct rt_git_id id;
    bool absent; /* of an index: a sparse checkout leaves the file out */
};

struct rt_git_list {
    struct rt_git_entry *entries; /* sorted by path as bytes */
    size_t count;
    size_t capacity;
};

void rt_git_list_clear(struct rt_git_list *list);
/* The position of the first entry whose path is not before `path`. */
size_t rt_git_list_find(const struct rt_git_list *list, const char *path);
const struct rt_git_entry *rt_git_list_get(const struct rt_git_list *list, const char *path);
/* Appends an entry and returns it; the path is copied. */
struct rt_git_entry *rt_git_list_add(struct rt_git_list *list, const char *path, uint32_t mode,
                                     const struct rt_git_id *id);
/* Sorts by path and drops all but the first of equal paths. */
void rt_git_list_sort(struct rt_git_list *list);
/* Whether an entry lies below the folder. */
bool rt_git_list_has_below(const struct rt_git_list *list, const char *folder);

const char *rt_git_hex(const struct rt_git_id *id, char hex[RT_GIT_HEX]);
bool rt_git_id_equal(const struct rt_git_id *a, const struct rt_git_id *b);

#endif
