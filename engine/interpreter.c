#include "engine/interpreter.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *find_on_path(const char *name)
{
    const char *path = getenv("PATH");

    for (const char *at = path ? path : "/usr/bin"; *at;) {
        size_t size = strcspn(at, ":");
        char *full = rt_printf("%.*s/%s", (int)size, at, name);

        if (access(full, X_OK) == 0)
            return full;
        free(full);
        at += size + (at[size] == ':');
    }
    return NULL;
}

/* The interpreter of an environment, if the variable names one. */
static char *of_environment(const char *variable)
{
    const char *prefix = getenv(variable);
    char *path = prefix && *prefix ? rt_fs_join(prefix, "bin/python3") : NULL;

    if (path && access(path, X_OK) < 0) {
        free(path);
        path = NULL;
    }
    return path;
}

int rt_interpreter_wanted(const struct rt_json *entry, char **path, struct rt_err *err)
{
    const char *named = rt_json_get_text(entry, "python", NULL);

    if (!named) {
        *path = of_environment("VIRTUAL_ENV");
        if (!*path)
            *path = of_environment("CONDA_PREFIX");
        return 0;
    }
    *path = strchr(named, '/') ? rt_strdup(named) : find_on_path(named);
    if (*path && access(*path, X_OK) == 0)
        return 0;
    free(*path);
    *path = NULL;
    return rt_err_set(err, RT_EUSAGE, "there is no interpreter \"%s\" on this host", named);
}
