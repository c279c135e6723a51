/* Entries that are written as modules: "package.model:train" is a file of the code. */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "engine/path.h"

#include <stdlib.h>
#include <sys/stat.h>

bool rt_study_is_module(const char *name)
{
    bool start = true;

    for (; *name; name++) {
        bool letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
                      *name == '_' || (unsigned char)*name >= 0x80;
        bool digit = *name >= '0' && *name <= '9';

        if (start ? !letter : !letter && !digit && *name != '.')
            return false;
        start = *name == '.';
    }
    return !start;
}

static bool is_file(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* The file of a module below a folder: FOLDER/a/b.py or FOLDER/a/b/__init__.py. */
static char *file_below(const char *folder, const char *slashed)
{
    static const char *const ends[] = {".py", "/__init__.py"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char *path = rt_printf("%s/%s%s", folder, slashed, ends[i]);

        if (is_file(path))
            return path;
        free(path);
    }
    return NULL;
}

char *rt_study_module_file(const struct rt_study_reader *reader, const char *module)
{
    char *folder = rt_study_folder_of(reader, reader->entry);
    char *slashed = rt_strdup(module);
    char *path;

    for (char *at = slashed; *at; at++) {
        if (*at == '.')
            *at = '/';
    }
    if (!reader->on_disk) {
        path = rt_printf("%s/%s.py", folder, slashed);
    } else {
        path = file_below(folder, slashed);
        for (size_t i = 0; !path && i < reader->file->root_count; i++)
            path = file_below(reader->file->roots[i], slashed);
    }
    free(slashed);
    free(folder);
    return path;
}
