#include "replay/obstacle.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/inputs.h"
#include "engine/interpreter.h"
#include "engine/kept_inputs.h"
#include "query/about_plan.h"
#include "store/code.h"

#include <stdlib.h>
#include <string.h>

static char *folder_of(const char *source_path)
{
    return source_path ? rt_fs_parent(source_path) : rt_fs_absolute(".");
}

int rt_inputs_now(const struct rt_json *plan, const char *source_path, struct rt_json **inputs,
                  struct rt_err *err)
{
    struct rt_json *now;
    char *folder;
    int rc;

    *inputs = NULL;
    if (!rt_json_get(plan, "inputs"))
        return 0;
    now = rt_json_new_object();
    rt_json_set(now, "inputs", rt_json_copy(rt_json_get(plan, "inputs")));
    folder = folder_of(source_path);
    if ((rc = rt_inputs_read(now, folder, err)) == 0)
        *inputs = rt_json_copy(rt_json_get(now, "inputs"));
    rt_json_free(now);
    free(folder);
    return rc;
}

/* Those that the store keeps are no matter. */
static char *find_in_inputs(struct rt_store *store, const struct rt_replay_plan *replay)
{
    struct rt_json *before = rt_kept_inputs_others(store, replay->plan);
    struct rt_json *now = rt_json_new_object();
    struct rt_json *inputs = NULL;
    const char *changed = NULL;
    struct rt_err err;
    char *why = NULL;

    if (rt_inputs_now(before, replay->source_path, &inputs, &err) < 0)
        why = rt_printf("%s", err.text);
    if (inputs) {
        rt_json_set(now, "inputs", inputs);
        changed = rt_inputs_changed(before, now);
    }
    if (changed)
        why = rt_printf("the input \"%s\" is not what it was; put that back, or take what it is "
                        "now by \"retrial replay --inputs current\"",
                        changed);
    rt_json_free(before);
    rt_json_free(now);
    return why;
}

static char *find_in_interpreter(const struct rt_json *entry)
{
    const char *python = rt_json_get_text(entry, "python", NULL);
    char *path = NULL;
    int rc = python ? rt_interpreter_wanted(entry, &path, NULL) : 0;

    free(path);
    if (rc == 0)
        return NULL;
    return rt_printf("the interpreter \"%s\" is not there any more; another one is named with "
                     "--python",
                     python);
}

char *rt_entry_file(const struct rt_json *plan)
{
    const struct rt_json *entry = rt_json_get(plan, "entry");
    const char *root = rt_json_get_text(plan, "root", "");
    const char *program = rt_json_string(rt_json_at(rt_json_get(entry, "argv"), 0));
    const char *file = program ? program : rt_json_get_text(entry, "file", "");

    if (file[0] == '/' || (program && !strchr(program, '/')))
        return NULL;
    while (strncmp(file, "./", 2) == 0)
        file += 2;
    return strstr(file, "../") ? NULL : rt_printf("%s/%s", root, file);
}

/* Whether the path, or a folder that it is in, is linked to an original that is there. */
static bool is_linked(const struct rt_json *record, const char *path)
{
    const struct rt_json *roots = rt_json_get(record, "roots");

    for (size_t i = 0; i < rt_json_count(roots); i++) {
        const struct rt_json *root = rt_json_at(roots, i);
        const char *name = rt_json_get_text(root, "name", "");
        size_t size = strlen(name);
        const struct rt_json *linked = rt_json_get(root, "linked");

        if (strncmp(path, name, size) != 0 || path[size] != '/')
            continue;
        for (size_t k = 0; k < rt_json_count(linked); k++) {
            const char *link = rt_json_string(rt_json_at(linked, k));
            size_t length = strlen(link);

            if (strncmp(path + size + 1, link, length) == 0 &&
                (!path[size + 1 + length] || path[size + 1 + length] == '/'))
                return true;
        }
    }
    return false;
}

/* The file is missing, unless it is data that the code links to. */
static char *missing_file(struct rt_db *index, const char *hex, const char *file)
{
    struct rt_json *record = NULL;
    bool linked = rt_about_code(index, hex, &record, NULL) == 0 && is_linked(record, file);

    rt_json_free(record);
    return linked ? NULL
                  : rt_printf("the entry \"%s\" is not in code %.12s", strchr(file, '/') + 1, hex);
}

static char *find_in_code(struct rt_store *store, struct rt_db *index, const struct rt_json *plan)
{
    char *repository = rt_fs_join(rt_store_path(store), "code.git");
    const char *hex = rt_json_get_text(plan, "code", "");
    char *file = rt_entry_file(plan);
    struct rt_buf content = RT_BUF_INIT;
    struct rt_hash code;
    struct rt_err err;
    char *why = NULL;
    int rc = rt_hash_from_hex(&code, hex) < 0 ? RT_EDAMAGED : 0;

    if (rc < 0)
        why = rt_strdup("no code was recorded");
    else if ((rc = rt_code_diff(repository, &code, &code, &content, &err)) < 0)
        why = rt_printf("code %.12s cannot be had: %s", hex, err.text);
    else if (file && (rc = rt_code_file(repository, &code, file, &content, &err)) == RT_ENOTFOUND)
        why = missing_file(index, hex, file);
    else if (rc < 0)
        why = rt_printf("code %.12s cannot be had: %s", hex, err.text);
    rt_buf_clear(&content);
    free(repository);
    free(file);
    return why;
}

char *rt_obstacle_find(struct rt_store *store, struct rt_db *index,
                       const struct rt_replay_plan *replay)
{
    char *why = find_in_code(store, index, replay->plan);

    if (!why)
        why = find_in_interpreter(rt_json_get(replay->plan, "entry"));
    return why ? why : find_in_inputs(store, replay);
}
