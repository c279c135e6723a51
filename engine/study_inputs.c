/* What trials start from: a fresh process or a warm one, and files beside the code. */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "engine/path.h"

#include <stdlib.h>
#include <sys/stat.h>

int rt_study_read_isolation(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                            struct rt_err *err)
{
    bool fresh = node->text && strcmp(node->text, "fresh") == 0;

    if (!fresh && !(node->text && strcmp(node->text, "warm") == 0))
        return rt_study_mismatch(reader, node,
                                 "fresh (each trial has a process of its own) or warm (processes "
                                 "are used again)",
                                 err);
    if (fresh)
        rt_json_set_text(reader->plan, "isolation", "fresh");
    return 0;
}

static int check_input(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       const char *path, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];
    struct stat info;

    rt_utf8_clip(node->text, clip);
    if (!node->text[0])
        return rt_yaml_error(reader->yaml, node->offset, err, "the name of the input is empty");
    if (!reader->on_disk)
        return 0;
    if (stat(path, &info) < 0)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "there is no file or folder \"%s\"; paths start at the study file",
                             clip);
    if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "\"%s\" is neither a file nor a folder", clip);
    return 0;
}

static bool is_known(char *const *paths, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(paths[i], path) == 0)
            return true;
    }
    return false;
}

/* Paths of a file that was extended start elsewhere than those of the study. */
static bool is_own(const struct rt_study_reader *reader, const struct rt_yaml_node *node)
{
    char *folder = rt_study_folder_of(reader, node);
    bool own = strcmp(folder, reader->file->folder) == 0;

    free(folder);
    return own;
}

/* Names one input; its content is known when the study is run. */
static int read_input(struct rt_study_reader *reader, const struct rt_yaml_node *node, char **paths,
                      size_t count, struct rt_json *inputs, struct rt_err *err)
{
    int rc =
        rt_study_expect(reader, node, RT_JSON_STRING, "a file or a folder such as data/train", err);
    struct rt_json *input;
    char clip[RT_UTF8_CLIP];

    if (rc < 0)
        return rc;
    paths[count] = rt_study_resolve(reader, node);
    if ((rc = check_input(reader, node, paths[count], err)) < 0)
        return rc;
    if (is_known(paths, count, paths[count]))
        return rt_yaml_error(reader->yaml, node->offset, err, "\"%s\" is listed twice",
                             rt_utf8_clip(node->text, clip));
    input = rt_json_new_object();
    rt_json_set_text(input, "path", is_own(reader, node) ? node->text : paths[count]);
    rt_json_append(inputs, input);
    return 0;
}

int rt_study_read_inputs(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err)
{
    struct rt_json *inputs;
    char **paths;
    int rc = 0;

    if (node->kind != RT_JSON_ARRAY || node->count == 0)
        return rt_study_mismatch(reader, node, "a list of files or folders such as [data/train]",
                                 err);
    inputs = rt_json_new_array();
    paths = rt_calloc(node->count, sizeof *paths);
    for (size_t i = 0; rc == 0 && i < node->count; i++)
        rc = read_input(reader, &node->items[i], paths, i, inputs, err);
    for (size_t i = 0; i < node->count; i++)
        free(paths[i]);
    free(paths);
    if (rc < 0)
        rt_json_free(inputs);
    else
        rt_json_set(reader->plan, "inputs", inputs);
    return rc;
}
