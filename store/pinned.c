#include "store/pinned.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_open_as(const char *fd_folder, const char *name, const char *wanted)
{
    char *link = rt_fs_join(fd_folder, name);
    char target[PATH_MAX];
    ssize_t size = readlink(link, target, sizeof target - 1);

    free(link);
    if (size < 0)
        return false;
    target[size] = '\0';
    return strcmp(target, wanted) == 0;
}

static bool has_open(const char *pid, const char *wanted)
{
    char *folder = rt_printf("/proc/%s/fd", pid);
    DIR *dir = opendir(folder);
    struct dirent *entry;
    bool found = false;

    while (dir && !found && (entry = readdir(dir)) != NULL)
        found = is_open_as(folder, entry->d_name, wanted);
    if (dir)
        closedir(dir);
    free(folder);
    return found;
}

static void name_of(const char *pid, char name[32])
{
    char *path = rt_printf("/proc/%s/comm", pid);
    FILE *file = fopen(path, "re");

    name[0] = '\0';
    if (file && fgets(name, 32, file))
        name[strcspn(name, "\n")] = '\0';
    if (file)
        fclose(file);
    free(path);
}

void rt_pinned_by(const char *database, char *text, size_t size)
{
    char *absolute = rt_fs_absolute(database);
    char *wanted = rt_printf("%s-shm", absolute);
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    unsigned others = 0;
    char name[32];

    snprintf(text, size, "somebody");
    while (proc && (entry = readdir(proc)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]) || atol(entry->d_name) == (long)getpid() ||
            !has_open(entry->d_name, wanted))
            continue;
        if (others++ == 0) {
            name_of(entry->d_name, name);
            snprintf(text, size, "pid %s (%s)", entry->d_name, name);
        }
    }
    if (others > 1) {
        size_t used = strlen(text);

        snprintf(text + used, size - used, " and %u more", others - 1);
    }
    if (proc)
        closedir(proc);
    free(wanted);
    free(absolute);
}
