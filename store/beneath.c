#include "store/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool rt_beneath_valid(const char *path)
{
    size_t total = strlen(path);

    if (total == 0 || total >= PATH_MAX)
        return false;
    for (;;) {
        size_t length = strcspn(path, "/");

        if (length == 0 || length > NAME_MAX || (length == 1 && path[0] == '.') ||
            (length == 2 && path[0] == '.' && path[1] == '.'))
            return false;
        if (path[length] == '\0')
            return true;
        path += length + 1;
    }
}

/* Opens one folder below `from`, which is closed unless it is the root. */
static int step(int root, int from, const char *name, mode_t make)
{
    int fd = -1;
    int number;

    if (!make || mkdirat(from, name, make) == 0 || errno == EEXIST)
        fd = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    number = errno;
    if (from != root)
        close(from);
    errno = number;
    return fd;
}

int rt_beneath_parent(int root, const char *path, mode_t make, const char **name)
{
    char part[NAME_MAX + 1];
    int at = root;

    if (!rt_beneath_valid(path)) {
        errno = EINVAL;
        return -1;
    }
    for (;;) {
        size_t length = strcspn(path, "/");

        if (path[length] == '\0')
            break;
        memcpy(part, path, length);
        part[length] = '\0';
        if ((at = step(root, at, part, make)) < 0)
            return -1;
        path += length + 1;
    }
    *name = path;
    return at == root ? fcntl(root, F_DUPFD_CLOEXEC, 0) : at;
}

int rt_beneath_open(int root, const char *path, int flags, mode_t mode)
{
    const char *name;
    int folder = rt_beneath_parent(root, path, 0, &name);
    int number;
    int fd;

    if (folder < 0)
        return -1;
    fd = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
    number = errno;
    close(folder);
    errno = number;
    return fd;
}
