#include "engine/module.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/fs.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* The folder of the running program; yours. */
static char *program_folder(void)
{
    char path[4096];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);

    if (size < 0)
        return rt_strdup(".");
    path[size] = '\0';
    return rt_fs_parent(path);
}

char *rt_module_find(const char *name, struct rt_buf *looked)
{
    static const char *const beside[] = {"../lib/retrial", "lib/retrial", "."};
    const char *named = getenv("RETRIAL_MODULES");
    bool is_named = named && *named;
    size_t count = is_named ? 1 : sizeof beside / sizeof *beside;
    char *program = program_folder();
    char *file = NULL;

    for (size_t i = 0; i < count && !file; i++) {
        char *folder = is_named ? rt_strdup(named) : rt_fs_join(program, beside[i]);

        rt_buf_printf(looked, "%s%s", i ? ", " : "", folder);
        file = rt_fs_join(folder, name);
        free(folder);
        if (!rt_fs_exists(file)) {
            free(file);
            file = NULL;
        }
    }
    free(program);
    return file;
}

int rt_module_open(const char *path, const char *symbol, const void **out, struct rt_err *err)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);

    if (!handle)
        return rt_err_set(err, RT_EIO, "cannot load '%s': %s", path, dlerror());
    if (!(*out = dlsym(handle, symbol)))
        return rt_err_set(err, RT_EIO, "'%s' is not a module of retrial", path);
    return 0;
}
