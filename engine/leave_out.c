#include "engine/leave_out.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define STUDY_FILE_MAX (1 << 20) /* bytes; larger ones are data */
#define EXTENDS_MAX    8         /* files, one after the other */

static void add(struct rt_leave_out *leave_out, char *path)
{
    leave_out->paths = rt_grow(leave_out->paths, &leave_out->capacity, leave_out->count + 1,
                               sizeof *leave_out->paths);
    leave_out->paths[leave_out->count++] = path;
}

static bool may_be_study(const char *name)
{
    static const char *const endings[] = {".yaml", ".yml", ".json"};
    size_t length = strlen(name);

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t size = strlen(endings[i]);

        if (length > size && strcmp(name + length - size, endings[i]) == 0)
            return true;
    }
    return false;
}

/* What follows a member's name at the start of a line, or in JSON; NULL: it has no such member. By
 * its look, so that a study file that is being edited and wrong still is one. */
static const char *member(const char *text, const char *name)
{
    char *forms[] = {rt_printf("%s:", name), rt_printf("\n%s:", name), rt_printf("\"%s\"", name)};
    const char *found = strncmp(text, forms[0], strlen(forms[0])) == 0 ? text : NULL;
    const char *value = found ? found + strlen(forms[0]) : NULL;

    for (size_t i = 1; i < 3 && !value; i++) {
        found = strstr(text, forms[i]);
        value = found ? found + strlen(forms[i]) : NULL;
    }
    for (size_t i = 0; i < 3; i++)
        free(forms[i]);
    return value;
}

/* The file that a study file extends, as one beside it is named; yours. */
static char *extended(const char *path, const char *value)
{
    const char *start = value + strspn(value, " \t:\"'");
    char *name = rt_strndup(start, strcspn(start, " \t\r\n\"'#,}"));
    char *folder = rt_fs_parent(path);
    char *full = name[0] == '/' ? rt_strdup(name) : rt_fs_join(folder, name);

    free(folder);
    free(name);
    return full;
}

/* It names an entry, or extends a file that does: models have files that extend others, too. */
static bool is_study(const char *path, unsigned depth)
{
    struct rt_buf text = RT_BUF_INIT;
    struct stat info;
    const char *value;
    char *base;
    bool is = false;

    if (stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= STUDY_FILE_MAX &&
        rt_fs_read(path, &text, NULL) == 0) {
        is = member(rt_buf_text(&text), "entry") != NULL;
        if (!is && depth && (value = member(rt_buf_text(&text), "extends")) != NULL) {
            base = extended(path, value);
            is = is_study(base, depth - 1);
            free(base);
        }
    }
    rt_buf_clear(&text);
    return is;
}

static void look_through(struct rt_leave_out *leave_out, const char *folder, const char *own)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        char *path;

        if (!may_be_study(entry->d_name))
            continue;
        path = rt_fs_join(folder, entry->d_name);
        if (strcmp(path, own) != 0 && is_study(path, EXTENDS_MAX))
            add(leave_out, path);
        else
            free(path);
    }
    if (dir)
        closedir(dir);
}

static void add_patterns(struct rt_leave_out *leave_out, const struct rt_json *patterns)
{
    size_t count = rt_json_count(patterns);

    leave_out->patterns = count ? rt_calloc(count, sizeof *leave_out->patterns) : NULL;
    leave_out->pattern_count = count;
    for (size_t i = 0; i < count; i++)
        leave_out->patterns[i] = rt_json_string(rt_json_at(patterns, i));
}

void rt_leave_out_find(struct rt_leave_out *leave_out, const struct rt_study_file *file)
{
    memset(leave_out, 0, sizeof *leave_out);
    add(leave_out, rt_strdup(file->path));
    for (size_t i = 0; i < file->other_count; i++)
        add(leave_out, rt_strdup(file->others[i]));
    for (size_t i = 0; i < file->root_count; i++)
        look_through(leave_out, file->roots[i], file->path);
    add_patterns(leave_out, rt_json_get(file->plan, "code_ignore"));
}

void rt_leave_out_clear(struct rt_leave_out *leave_out)
{
    for (size_t i = 0; i < leave_out->count; i++)
        free(leave_out->paths[i]);
    free(leave_out->paths);
    free(leave_out->patterns);
    memset(leave_out, 0, sizeof *leave_out);
}
