/* "code": the folders that are the code of the study, and what is no code in them. */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "engine/path.h"

#include <stdlib.h>
#include <sys/stat.h>

static int add_root(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                    struct rt_err *err)
{
    struct rt_study_file *file = reader->file;
    char clip[RT_UTF8_CLIP];
    struct stat info;
    char *root;
    int rc = rt_study_expect(reader, node, RT_JSON_STRING, "a folder such as ../src", err);

    if (rc < 0)
        return rc;
    root = rt_study_resolve(reader, node);
    rt_utf8_clip(node->text, clip);
    file->roots = rt_realloc(file->roots, (file->root_count + 1) * sizeof *file->roots);
    file->roots[file->root_count++] = root;
    if (!node->text[0])
        return rt_yaml_error(reader->yaml, node->offset, err, "the name of the folder is empty");
    if (strcmp(root, "/") == 0)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "the code of a study cannot be all of \"/\"; name its folder");
    if (reader->on_disk && (stat(root, &info) < 0 || !S_ISDIR(info.st_mode)))
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "there is no folder \"%s\"; paths start at the study file", clip);
    for (size_t i = 0; i + 1 < file->root_count; i++) {
        if (rt_path_below(root, file->roots[i]) || rt_path_below(file->roots[i], root))
            return rt_yaml_error(reader->yaml, node->offset, err,
                                 "folder \"%s\" overlaps with one before it; name the outer one "
                                 "only",
                                 clip);
    }
    return 0;
}

/* The folder of the file that says the entry. */
static void root_is_folder(struct rt_study_reader *reader)
{
    struct rt_study_file *file = reader->file;

    file->roots = rt_alloc(sizeof *file->roots);
    file->roots[0] = rt_study_folder_of(reader, reader->entry);
    file->root_count = 1;
}

static int read_roots(struct rt_study_reader *reader, const struct rt_yaml_node *roots,
                      struct rt_err *err)
{
    int rc = 0;

    if (roots->kind == RT_JSON_STRING)
        return add_root(reader, roots, err);
    if (roots->kind != RT_JSON_ARRAY)
        return rt_study_mismatch(reader, roots, "a folder, or a list of folders", err);
    if (roots->count == 0)
        return rt_yaml_error(reader->yaml, roots->offset, err,
                             "the list is empty; name a folder, or remove the key");
    for (size_t i = 0; i < roots->count && rc == 0; i++)
        rc = add_root(reader, &roots->items[i], err);
    return rc;
}

static int read_ignore(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    static const char expected[] = "a pattern in quotes, such as \"*.csv\"";
    struct rt_json *patterns;

    if (node->kind != RT_JSON_ARRAY || node->count == 0)
        return rt_study_mismatch(reader, node, "a list of patterns such as [\"*.csv\", data/]",
                                 err);
    for (size_t i = 0; i < node->count; i++) {
        const struct rt_yaml_node *item = &node->items[i];

        if (item->kind != RT_JSON_STRING)
            return rt_study_mismatch(reader, item, expected, err);
        if (!item->text[0] || strpbrk(item->text, "\r\n"))
            return rt_yaml_error(reader->yaml, item->offset, err,
                                 "the pattern is empty, or has several lines; write one a line");
    }
    patterns = rt_yaml_json(node);
    rt_json_set(reader->plan, "code_ignore", patterns);
    return 0;
}

int rt_study_read_code(struct rt_study_reader *reader, struct rt_err *err)
{
    static const struct rt_study_field fields[] = {
        {"roots", read_roots}, {"ignore", read_ignore}, {NULL, NULL}};
    const struct rt_yaml_node *code = reader->code;
    int rc;

    if (code && code->kind != RT_JSON_OBJECT)
        return code->kind == RT_JSON_STRING || code->kind == RT_JSON_ARRAY
                   ? read_roots(reader, code, err)
                   : rt_study_mismatch(reader, code,
                                       "a folder, a list of folders, or a mapping such as "
                                       "{roots: [.], ignore: [\"*.csv\"]}",
                                       err);
    if (code && code->count == 0)
        return rt_study_mismatch(reader, code, "\"roots\" or \"ignore\"", err);
    if (code && (rc = rt_study_fields(reader, code, fields, err)) < 0)
        return rc;
    if (reader->file->root_count == 0)
        root_is_folder(reader);
    return 0;
}

const char *rt_study_choose_root(struct rt_study_file *file, const char *path)
{
    for (size_t i = 0; i < file->root_count; i++) {
        char *root = file->roots[i];

        if (!rt_path_below(path, root))
            continue;
        memmove(file->roots + 1, file->roots, i * sizeof *file->roots);
        file->roots[0] = root;
        return root;
    }
    return NULL;
}
