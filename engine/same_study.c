#include "engine/same_study.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

struct source_search {
    uint32_t study;
    char *path;
};

static int look_at_plan(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct source_search *search = context;
    const char *path;
    struct rt_json *body;
    int rc;

    if ((rc = rt_json_parse(event->body, &body, err)) < 0)
        return rc;
    path = rt_json_get_text(body, "source_path", NULL);
    if (path && rt_json_get_int(body, "study", 0) == (int64_t)search->study) {
        free(search->path);
        search->path = rt_strdup(path);
    }
    rt_json_free(body);
    return 0;
}

int rt_same_study_source(struct rt_store *store, const struct rt_study *study, char **path,
                         struct rt_err *err)
{
    struct source_search search = {study->number, NULL};
    int rc = rt_store_read_kind(store, RT_EVENT_PLAN, look_at_plan, &search, err);

    *path = search.path;
    return rc;
}

/* What runs, as a person would call it: of a command the program, and the script behind it. */
static char *entry_name(const struct rt_json *plan)
{
    const struct rt_json *entry = rt_json_get(plan, "entry");
    const struct rt_json *argv = rt_json_get(entry, "argv");
    const char *program = rt_json_string(rt_json_at(argv, 0));
    const char *script = rt_json_count(argv) > 1 ? rt_json_string(rt_json_at(argv, 1)) : NULL;

    if (!argv)
        return rt_printf("%s:%s", rt_json_get_text(entry, "file", ""),
                         rt_json_get_text(entry, "function", ""));
    if (script && script[0] != '-' && !strchr(script, '{'))
        return rt_printf("%s %s", program, script);
    return rt_strdup(program);
}

/* Whether the file of another folder, or what it ran, is still where it was. */
static bool is_still_there(const struct rt_json *plan, const char *path, const char *folder)
{
    const char *name = rt_json_get_text(rt_json_get(plan, "entry"), "file", NULL);
    char *before = rt_fs_parent(path);
    char *entry = name ? rt_fs_join(before, name) : NULL;
    bool there =
        strcmp(before, folder) != 0 && (rt_fs_exists(path) || (entry && rt_fs_exists(entry)));

    free(entry);
    free(before);
    return there;
}

static int refuse(const struct rt_study *study, const char *before, const char *now, bool words,
                  struct rt_err *err)
{
    char name_clip[RT_UTF8_CLIP];

    return rt_err_set(err, RT_ECONFLICT,
                      "there is a study \"%s\" already, of %.300s, and this one is of %.300s\n"
                      "to give this one a name of its own, %s\n"
                      "to let it take the place of the other, add:  --code current",
                      rt_utf8_clip(study->name, name_clip), before, now,
                      words ? "add:         --name NAME" : "write another \"name\" into its file");
}

int rt_same_study(struct rt_store *store, const struct rt_study *study,
                  const struct rt_study_file *file, bool words, struct rt_err *err)
{
    char *before = entry_name(rt_plan_json(study->plan));
    char *now = entry_name(file->plan);
    char *path = NULL;
    int rc = rt_same_study_source(store, study, &path, err);
    bool moved = rc == 0 && path && strcmp(path, file->path) != 0;
    char *folder = rt_fs_parent(path ? path : "/");
    const char *where = path && rt_fs_exists(path) ? path : folder;

    if (rc == 0 && strcmp(before, now) != 0 && (words || moved))
        rc = refuse(study, before, now, words, err);
    else if (moved && is_still_there(rt_plan_json(study->plan), path, file->folder))
        rc = refuse(study, where, words ? file->folder : file->path, words, err);
    free(folder);
    free(path);
    free(before);
    free(now);
    return rc;
}
