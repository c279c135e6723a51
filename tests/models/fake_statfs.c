/* Preloaded: what lies below $FAKE_FOLDER is on a file system of the type $FAKE_TYPE. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>

int statfs(const char *path, struct statfs *info)
{
    int (*real)(const char *, struct statfs *) =
        (int (*)(const char *, struct statfs *))dlsym(RTLD_NEXT, "statfs");
    const char *folder = getenv("FAKE_FOLDER");
    const char *type = getenv("FAKE_TYPE");
    int rc = real(path, info);

    if (rc == 0 && folder && type && strncmp(path, folder, strlen(folder)) == 0)
        info->f_type = (__typeof__(info->f_type))strtoul(type, NULL, 0);
    return rc;
}
