#include "store/code_walk.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/code_rules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
    int fd;
    const char *path; /* relative to the root; "" is the root */
    size_t scope;
    int depth;
    bool ignored; /* by a pattern of the study: only what is kept is code */
};

struct walker {
    struct rt_code_walk *walk;
    const struct rt_code_choice *choice;
};

static void walk_names(struct walker *walker, const struct folder *folder,
                       const struct rt_code_names *names);

void rt_code_names_add(struct rt_code_names *names, const char *name)
{
    names->names = rt_grow(names->names, &names->capacity, names->count + 1, sizeof *names->names);
    names->names[names->count++] = rt_strdup(name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void rt_code_names_sort(struct rt_code_names *names)
{
    if (names->count)
        qsort(names->names, names->count, sizeof *names->names, by_name);
}

static void names_cut(struct rt_code_names *names, size_t count)
{
    while (names->count > count)
        free(names->names[--names->count]);
}

static bool names_have(const struct rt_code_names *names, const char *name)
{
    return names->count &&
           bsearch(&name, names->names, names->count, sizeof *names->names, by_name);
}

void rt_code_names_clear(struct rt_code_names *names)
{
    names_cut(names, 0);
    free(names->names);
    *names = (struct rt_code_names){NULL, 0, 0};
}

void rt_code_walk_trouble(struct rt_code_walk *walk, const char *doing, const char *path)
{
    if (!walk->reason)
        walk->reason = rt_printf("%s \"%s\": %s", doing, path, strerror(errno));
}

static void files_cut(struct rt_code_walk *walk, size_t count)
{
    while (walk->count > count)
        free(walk->files[--walk->count].path);
}

/* Whether the path, relative to the root, is among absolute names, or a folder above one. */
static bool chosen(const struct walker *walker, const struct rt_code_names *names, const char *path,
                   bool above)
{
    const char *root = walker->walk->root;
    size_t length = strlen(root);
    size_t size = strlen(path);

    for (size_t i = 0; i < names->count; i++) {
        const char *name = names->names[i];

        if (strncmp(name, root, length) == 0 && name[length] == '/' &&
            strncmp(name + length + 1, path, size) == 0 &&
            name[length + 1 + size] == (above ? '/' : '\0'))
            return true;
    }
    return false;
}

static bool is_ignored(const struct walker *walker, const char *path, bool folder)
{
    const struct rt_code_names *patterns = &walker->choice->ignore;

    return rt_code_ignored((const char *const *)patterns->names, patterns->count, path, folder);
}

static void add_file(struct walker *walker, const char *path, const struct stat *info, bool tracked)
{
    struct rt_code_walk *walk = walker->walk;
    uint64_t size = (uint64_t)info->st_size;

    if (size > (tracked ? RT_CODE_TRACKED_MAX : RT_CODE_UNTRACKED_MAX)) {
        rt_code_names_add(&walk->linked, path);
        return;
    }
    walk->files = rt_grow(walk->files, &walk->capacity, walk->count + 1, sizeof *walk->files);
    walk->files[walk->count++] = (struct rt_code_file){
        .path = rt_strdup(path),
        .size = size,
        .mode = S_ISLNK(info->st_mode)    ? RT_GIT_LINK
                : info->st_mode & S_IXUSR ? RT_GIT_EXECUTABLE
                                          : RT_GIT_FILE,
        .tracked = tracked,
    };
}

/* A link out of the root is kept as what it is, and leads to the same file when unpacked. So does
 * an absolute one, wherever it leads. */
static void note_link(struct walker *walker, const struct folder *folder, const char *name,
                      const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(folder->fd, name, target, sizeof target - 1);

    if (length < 0)
        return;
    target[length] = '\0';
    if (target[0] == '/' || rt_code_link_leaves(path, target))
        rt_code_names_add(&walker->walk->linked, path);
}

static void visit_file(struct walker *walker, const struct folder *folder, const char *name,
                       const char *path, const struct stat *info)
{
    struct rt_code_walk *walk = walker->walk;
    const struct rt_code_scope *scope = &walk->scopes[folder->scope];
    bool kept = chosen(walker, &walker->choice->keep, path, false);
    bool tracked = rt_code_scope_tracks(scope, path) || kept;
    bool ignored = !kept && (folder->ignored || is_ignored(walker, path, false));

    if (rt_code_is_notebook(name) || (!tracked && rt_code_is_made(name)))
        return;
    if (rt_code_is_secret(name, tracked))
        rt_code_names_add(&walk->left_out, path);
    else if (ignored || (!tracked && rt_code_scope_ignores(scope, path, false)))
        rt_code_names_add(&walk->linked, path);
    else
        add_file(walker, path, info, tracked);
    if (S_ISLNK(info->st_mode) && walk->count &&
        strcmp(walk->files[walk->count - 1].path, path) == 0)
        note_link(walker, folder, name, path);
}

/* Reads the names in a folder, sorted. */
static int read_names(int fd, struct rt_code_names *names)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    struct dirent *entry;

    if (!dir) {
        if (copy >= 0)
            close(copy);
        return -1;
    }
    errno = 0;
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rt_code_names_add(names, entry->d_name);
    }
    closedir(dir);
    rt_code_names_sort(names);
    return errno ? -1 : 0;
}

/* A virtualenv or a conda environment. */
static bool is_environment(const struct rt_code_names *names)
{
    return names_have(names, "pyvenv.cfg") || names_have(names, "conda-meta");
}

static bool is_store(const struct rt_code_names *names)
{
    return names_have(names, "code.git") && names_have(names, "journal");
}

/* Starts a scope for a folder with a .git of its own, and returns its number. */
static size_t nested_scope(struct walker *walker, const struct folder *folder)
{
    struct rt_code_walk *walk = walker->walk;
    char *path = rt_fs_join(walk->root, folder->path);
    size_t number = folder->scope;

    walk->scopes =
        rt_grow(walk->scopes, &walk->scope_capacity, walk->scope_count + 1, sizeof *walk->scopes);
    if (rt_code_scope_nested(&walk->scopes[walk->scope_count], path, folder->path))
        number = walk->scope_count++;
    else if (!walk->reason)
        walk->reason = rt_printf("\"%s/.git\" is no git repository", folder->path);
    free(path);
    return number;
}

struct mark {
    size_t files;
    size_t linked;
    size_t left_out;
};

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* A large folder without source files or anything tracked is data: linked as a whole. */
static void fold(struct rt_code_walk *walk, const char *path, const struct mark *before)
{
    uint64_t size = 0;

    for (size_t i = before->files; i < walk->count; i++) {
        if (walk->files[i].tracked || rt_code_is_source(last_part(walk->files[i].path)))
            return;
        size += walk->files[i].size;
    }
    if (size <= RT_CODE_FOLDER_MAX && walk->count - before->files <= RT_CODE_FOLDER_FILES)
        return;
    files_cut(walk, before->files);
    names_cut(&walk->linked, before->linked);
    names_cut(&walk->left_out, before->left_out);
    rt_code_names_add(&walk->linked, path);
}

static void visit_open_folder(struct walker *walker, struct folder *folder, bool tracked)
{
    struct rt_code_walk *walk = walker->walk;
    struct mark before = {walk->count, walk->linked.count, walk->left_out.count};
    struct rt_code_names names = {NULL, 0, 0};

    if (read_names(folder->fd, &names) < 0)
        rt_code_walk_trouble(walk, "reading the folder", folder->path);
    if (!tracked && is_environment(&names)) {
        rt_code_names_add(&walk->linked, folder->path);
    } else if (!is_store(&names)) {
        if (names_have(&names, ".git"))
            folder->scope = nested_scope(walker, folder);
        walk_names(walker, folder, &names);
        fold(walk, folder->path, &before);
    }
    rt_code_names_clear(&names);
}

static void visit_folder(struct walker *walker, const struct folder *above, const char *name,
                         const char *path)
{
    struct rt_code_walk *walk = walker->walk;
    const struct rt_code_scope *scope = &walk->scopes[above->scope];
    bool tracked = rt_code_scope_tracks_below(scope, path) || rt_code_scope_tracks(scope, path);
    bool kept = chosen(walker, &walker->choice->keep, path, true);
    bool wanted = tracked || kept;
    bool ignored = above->ignored || is_ignored(walker, path, true);
    struct folder folder = {-1, path, above->scope, above->depth + 1, ignored};

    if (!wanted && (rt_code_is_made(name) || rt_code_is_notebook(name)))
        return;
    if (folder.depth > RT_CODE_DEPTH || (ignored && !kept) ||
        (!wanted &&
         (strcmp(name, "node_modules") == 0 || rt_code_scope_ignores(scope, path, true)))) {
        rt_code_names_add(&walk->linked, path);
        return;
    }
    folder.fd = openat(above->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder.fd < 0) {
        rt_code_walk_trouble(walk, "opening the folder", path);
        rt_code_names_add(&walk->linked, path);
        return;
    }
    visit_open_folder(walker, &folder, tracked);
    close(folder.fd);
}

static void walk_names(struct walker *walker, const struct folder *folder,
                       const struct rt_code_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        const char *name = names->names[i];
        char *path = folder->path[0] ? rt_fs_join(folder->path, name) : rt_strdup(name);
        struct stat info;

        if (rt_code_is_never(name) || chosen(walker, &walker->choice->leave_out, path, false))
            ;
        else if (fstatat(folder->fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
            rt_code_walk_trouble(walker->walk, "asking for", path);
        else if (S_ISDIR(info.st_mode))
            visit_folder(walker, folder, name, path);
        else if (S_ISREG(info.st_mode) || S_ISLNK(info.st_mode))
            visit_file(walker, folder, name, path, &info);
        free(path);
    }
}

static uint64_t sum(const struct rt_code_walk *walk, bool tracked, uint64_t limit)
{
    uint64_t total = 0;

    for (size_t i = 0; i < walk->count; i++) {
        if (walk->files[i].tracked == tracked && walk->files[i].size <= limit)
            total += walk->files[i].size;
    }
    return total;
}

/* Where files are too many bytes together, only smaller and smaller ones are kept. */
static void trim(struct rt_code_walk *walk, bool tracked, uint64_t limit, uint64_t all)
{
    size_t kept = 0;

    while (limit > 1 && sum(walk, tracked, limit) > all)
        limit /= 2;
    for (size_t i = 0; i < walk->count; i++) {
        if (walk->files[i].tracked == tracked && walk->files[i].size > limit) {
            rt_code_names_add(&walk->linked, walk->files[i].path);
            free(walk->files[i].path);
        } else {
            walk->files[kept++] = walk->files[i];
        }
    }
    walk->count = kept;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct rt_code_file *)a)->path, ((const struct rt_code_file *)b)->path);
}

int rt_code_walk(struct rt_code_walk *walk, const char *root, const struct rt_code_choice *choice,
                 struct rt_err *err)
{
    struct walker walker = {walk, choice};
    struct rt_code_names names = {NULL, 0, 0};
    struct folder folder = {-1, "", 0, 0, false};

    *walk = (struct rt_code_walk){.root = rt_strdup(root), .fd = -1};
    walk->fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (walk->fd < 0 || read_names(walk->fd, &names) < 0) {
        rt_err_errno(err, RT_EUSAGE, "reading the code folder \"%s\"", root);
        rt_code_names_clear(&names);
        return RT_EUSAGE;
    }
    folder.fd = walk->fd;
    walk->scopes = rt_grow(NULL, &walk->scope_capacity, 1, sizeof *walk->scopes);
    rt_code_scope_root(&walk->scopes[walk->scope_count++], root);
    walk_names(&walker, &folder, &names);
    trim(walk, false, RT_CODE_UNTRACKED_MAX, RT_CODE_UNTRACKED_SUM);
    trim(walk, true, RT_CODE_TRACKED_MAX, RT_CODE_TRACKED_SUM);
    if (walk->count)
        qsort(walk->files, walk->count, sizeof *walk->files, by_path);
    rt_code_names_sort(&walk->linked);
    rt_code_names_sort(&walk->left_out);
    rt_code_names_clear(&names);
    return 0;
}

void rt_code_walk_clear(struct rt_code_walk *walk)
{
    files_cut(walk, 0);
    free(walk->files);
    rt_code_names_clear(&walk->linked);
    rt_code_names_clear(&walk->left_out);
    for (size_t i = 0; i < walk->scope_count; i++)
        rt_code_scope_clear(&walk->scopes[i]);
    free(walk->scopes);
    free(walk->root);
    free(walk->reason);
    if (walk->fd >= 0)
        close(walk->fd);
    *walk = (struct rt_code_walk){.fd = -1};
}
