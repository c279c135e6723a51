#include "engine/interpreter.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder can be entered, which is as good as X_OK to access(). */
static bool is_program(const char *path)
{
    struct stat info;

    return access(path, X_OK) == 0 && stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static char *find_on_path(const char *name)
{
    const char *path = getenv("PATH");

    for (const char *at = path ? path : "/usr/bin"; *at;) {
        size_t size = strcspn(at, ":");
        char *full = rt_printf("%.*s/%s", (int)size, at, name);

        if (is_program(full))
            return full;
        free(full);
        at += size + (at[size] == ':');
    }
    return NULL;
}

/* The interpreter of the active environment. One of conda need not have any; but an environment
 * that is not there must not pass unnoticed: trials would run with other packages. */
static int of_environment(const char *variable, bool has_one, char **path, struct rt_err *err)
{
    const char *prefix = getenv(variable);

    if (!prefix || !*prefix)
        return 0;
    *path = rt_fs_join(prefix, "bin/python3");
    if (is_program(*path))
        return 0;
    free(*path);
    *path = NULL;
    if (!has_one && rt_fs_exists(prefix))
        return 0;
    return rt_err_set(err, RT_EUSAGE,
                      "%s is \"%s\", and there is no bin/python3 in it on this host; unset it, or "
                      "name an interpreter with \"python\" in the study file",
                      variable, prefix);
}

int rt_interpreter_wanted(const struct rt_json *entry, char **path, struct rt_err *err)
{
    const char *named = rt_json_get_text(entry, "python", NULL);
    int rc;

    *path = NULL;
    if (!named) {
        if ((rc = of_environment("VIRTUAL_ENV", true, path, err)) < 0 || *path)
            return rc;
        return of_environment("CONDA_PREFIX", false, path, err);
    }
    *path = strchr(named, '/') ? rt_strdup(named) : find_on_path(named);
    if (*path && is_program(*path))
        return 0;
    free(*path);
    *path = NULL;
    return rt_err_set(err, RT_EUSAGE, "there is no interpreter \"%s\" on this host", named);
}
