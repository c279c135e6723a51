#include "engine/path.h"

#include "base/alloc.h"
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

/* Appends the parts of `name` to the `size` characters in out; returns their new number. */
static size_t append_parts(char *out, size_t size, const char *name)
{
    while (*name) {
        size_t part = strcspn(name, "/");

        if (part == 2 && name[0] == '.' && name[1] == '.') {
            while (size > 0 && out[--size] != '/')
                ;
        } else if (part > 0 && !(part == 1 && name[0] == '.')) {
            out[size++] = '/';
            memcpy(out + size, name, part);
            size += part;
        }
        name += part;
        name += *name == '/';
    }
    return size;
}

char *rt_path_resolve(const char *folder, const char *name)
{
    char *out = rt_alloc(strlen(folder) + strlen(name) + 4);
    size_t size = 0;

    if (name[0] != '/')
        size = append_parts(out, size, folder);
    size = append_parts(out, size, name);
    if (size == 0)
        out[size++] = '/';
    out[size] = '\0';
    return out;
}

bool rt_path_below(const char *path, const char *folder)
{
    size_t size = strlen(folder);

    if (strcmp(folder, "/") == 0)
        return true;
    return strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

const char *rt_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Where both paths are the same: the length of the folder that they share. */
static size_t shared(const char *path, const char *folder)
{
    size_t last = 0;
    size_t i = 0;

    for (; path[i] && path[i] == folder[i]; i++) {
        if (path[i] == '/')
            last = i;
    }
    return (!path[i] || path[i] == '/') && (!folder[i] || folder[i] == '/') ? i : last;
}

char *rt_path_relative(const char *path, const char *folder)
{
    size_t common = shared(path, folder);
    const char *rest = path + common;
    struct rt_buf out = RT_BUF_INIT;

    for (const char *at = folder + common; *at; at++) {
        if (at[0] == '/' && at[1])
            rt_buf_add(&out, out.size ? "/.." : "..");
    }
    rest += *rest == '/';
    if (*rest)
        rt_buf_printf(&out, "%s%s", out.size ? "/" : "", rest);
    if (!out.size)
        rt_buf_add(&out, ".");
    return rt_buf_take(&out);
}
