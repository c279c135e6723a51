/* A study file for any folder: its paths start there and lead where they led. */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/path.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void set_path(struct rt_json *object, const char *name, const char *path, const char *folder)
{
    char *relative = rt_path_relative(path, folder);

    rt_json_set_text(object, name, relative);
    free(relative);
}

/* The file with the function: the plan has it from the study's folder in the first root. */
static void move_entry(struct rt_json *entry, const struct rt_study_file *file, const char *folder)
{
    const char *below = strchr(rt_json_get_text(file->plan, "root", ""), '/');
    const char *name = rt_json_get_text(entry, "file", NULL);
    char *start = rt_printf("%s%s", file->roots[0], below ? below : "");
    char *path = name ? rt_path_resolve(start, name) : NULL;

    if (path)
        set_path(entry, "file", path, folder);
    free(path);
    free(start);
}

static void move_inputs(struct rt_json *inputs, const struct rt_study_file *file,
                        const char *folder)
{
    for (size_t i = 0; i < rt_json_count(inputs); i++) {
        struct rt_json *input = rt_json_at(inputs, i);
        const char *name = rt_json_get_text(input, "path", "");
        char *path = rt_path_resolve(file->folder, name);

        if (name[0] != '/')
            set_path(input, "path", path, folder);
        free(path);
    }
}

static void put_code(struct rt_buf *out, const struct rt_study_file *file, const char *folder)
{
    const struct rt_json *ignore = rt_json_get(file->plan, "code_ignore");
    struct rt_json *code = rt_json_new_object();
    struct rt_json *roots = rt_json_new_array();

    for (size_t i = 0; i < file->root_count; i++) {
        char *root = rt_path_relative(file->roots[i], folder);

        rt_json_append(roots, rt_json_new_string(root));
        free(root);
    }
    rt_json_set(code, "roots", roots);
    if (ignore)
        rt_json_set(code, "ignore", rt_json_copy(ignore));
    rt_buf_add(out, "code: ");
    rt_json_canonical(ignore ? code : roots, out);
    rt_buf_add(out, "\n");
    rt_json_free(code);
}

void rt_study_write_at(const struct rt_study_file *file, const char *folder, struct rt_buf *out)
{
    bool elsewhere = file->root_count != 1 || strcmp(file->roots[0], folder) != 0;
    struct rt_json *plan = rt_json_copy(file->plan);

    move_entry(rt_json_get(plan, "entry"), file, folder);
    move_inputs(rt_json_get(plan, "inputs"), file, folder);
    if (elsewhere)
        rt_json_remove(plan, "code_ignore");
    rt_study_write(plan, out);
    if (elsewhere)
        put_code(out, file, folder);
    rt_json_free(plan);
}

/* Equal but for the paths of inputs, which start elsewhere. */
static bool is_same(const struct rt_json *one, const struct rt_json *other)
{
    struct rt_json *a = rt_json_copy(one);
    struct rt_json *b = rt_json_copy(other);
    bool same;

    rt_json_remove(a, "inputs");
    rt_json_remove(b, "inputs");
    same = rt_json_equal(a, b);
    rt_json_free(a);
    rt_json_free(b);
    return same;
}

/* A program such as ./train.sh starts where the study does, whatever "code" says. */
static int check_same(const struct rt_study_file *file, const char *path, struct rt_span text,
                      struct rt_err *err)
{
    struct rt_study_file again;
    int rc = rt_study_file_parse(text, path, &again, err);

    if (rc == 0 && !is_same(file->plan, again.plan))
        rc = rt_err_set(
            err, RT_EUSAGE,
            "\"%s\": a study file there would start its trials in another folder; save it "
            "in \"%s\"",
            path, file->folder);
    if (rc == 0)
        rt_study_file_clear(&again);
    return rc;
}

/* The command that saved it is run again to go on. */
static bool says_the_same(const char *path, struct rt_span text)
{
    struct rt_buf there = RT_BUF_INIT;
    bool same = rt_fs_read(path, &there, NULL) == 0 && there.size == text.size &&
                memcmp(there.data, text.data, text.size) == 0;

    rt_buf_clear(&there);
    return same;
}

int rt_study_save(const struct rt_study_file *file, const char *path, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    char *absolute = rt_fs_absolute(path);
    char *folder = rt_fs_parent(absolute);
    struct stat info;
    int rc;

    rt_study_write_at(file, folder, &text);
    if (lstat(path, &info) == 0)
        rc = says_the_same(path, rt_buf_span(&text))
                 ? 0
                 : rt_err_set(err, RT_EUSAGE,
                              "\"%s\" exists and says something else; --save does not overwrite",
                              path);
    else if (!rt_fs_exists(folder))
        rc = rt_err_set(err, RT_EUSAGE, "there is no folder \"%s\" to save the study file in",
                        folder);
    else if ((rc = check_same(file, path, rt_buf_span(&text), err)) == 0)
        rc = rt_fs_replace(path, rt_buf_span(&text), 0666, err);
    rt_buf_clear(&text);
    free(folder);
    free(absolute);
    return rc;
}
