#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/utf8.h"
#include "engine/path.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *last_part(const char *path)
{
    return rt_strdup(strrchr(path, '/') + 1);
}

/* "root" of the plan: `folder`, which is in `root`, as a path inside the bundle. */
static void set_root(struct rt_study_reader *reader, const char *root, const char *folder)
{
    char *name = last_part(root);
    const char *rest = folder + strlen(root);
    char *path = rt_printf("%s%s", name, rest);

    rt_json_set_text(reader->plan, "root", path);
    free(path);
    free(name);
}

static struct rt_json *new_entry(struct rt_study_reader *reader, const char *kind)
{
    struct rt_json *entry = rt_json_new_object();

    rt_json_set_text(entry, "kind", kind);
    rt_json_set(reader->plan, "entry", entry);
    return entry;
}

static int outside_roots(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         const char *what, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];

    rt_utf8_clip(what, clip);
    if (reader->in_words)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "\"%s\" is not below the current folder, which is the code of a study "
                             "without a file; start from its folder, or write a study file",
                             clip);
    return rt_yaml_error(reader->yaml, node->offset, err,
                         "\"%s\" is outside of the code of the study; add its folder to \"code\"",
                         clip);
}

static int check_file(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                      const char *path, const char *name, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];
    struct stat info;

    if (reader->on_disk && (stat(path, &info) < 0 || !S_ISREG(info.st_mode)))
        return rt_yaml_error(
            reader->yaml, node->offset, err, "there is no file \"%s\"; paths start at the %s",
            rt_utf8_clip(name, clip), reader->in_words ? "current folder" : "study file");
    return 0;
}

static int set_function(struct rt_study_reader *reader, const char *file, const char *function,
                        const char *kind, struct rt_err *err)
{
    char *folder = rt_study_folder_of(reader, reader->entry);
    char *path = rt_path_resolve(folder, file);
    const char *root = rt_study_choose_root(reader->file, path);
    int rc;

    if (!root) {
        rc = outside_roots(reader, reader->entry, file, err);
    } else if ((rc = check_file(reader, reader->entry, path, file, err)) == 0) {
        const char *start =
            rt_path_below(folder, root) && rt_path_below(path, folder) ? folder : root;
        struct rt_json *entry = new_entry(reader, kind);

        set_root(reader, root, start);
        rt_json_set_text(entry, "file", path + strlen(start) + 1);
        rt_json_set_text(entry, "function", function);
    }
    free(folder);
    free(path);
    return rc;
}

/* Letters, digits and underscores; Python also knows other letters. */
static bool is_function(const char *name, bool python)
{
    if (!name[0] || (name[0] >= '0' && name[0] <= '9'))
        return false;
    for (; *name; name++) {
        bool word = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
                    (*name >= '0' && *name <= '9') || *name == '_';

        if (!word && !(python && (unsigned char)*name >= 0x80))
            return false;
    }
    return true;
}

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text);

    return size > strlen(end) && strcmp(text + size - strlen(end), end) == 0;
}

static int set_module(struct rt_study_reader *reader, const char *module, const char *function,
                      struct rt_err *err)
{
    char *path = rt_study_module_file(reader, module);
    char clip[RT_UTF8_CLIP];
    int rc;

    if (path)
        rc = set_function(reader, path, function, "python", err);
    else
        rc = rt_yaml_error(reader->yaml, reader->entry->offset, err,
                           "there is no module \"%s\" in the code of the study, neither as a file "
                           "nor as a package; for one that is installed, write a file of the study "
                           "that imports it",
                           rt_utf8_clip(module, clip));
    free(path);
    return rc;
}

static int read_function(struct rt_study_reader *reader, struct rt_err *err)
{
    const struct rt_yaml_node *node = reader->entry;
    const char *colon = strrchr(node->text, ':');
    char *file =
        colon ? rt_strndup(node->text, (size_t)(colon - node->text)) : rt_strdup(node->text);
    bool module =
        colon && rt_study_is_module(file) && !ends_with(file, ".py") && !ends_with(file, ".so");
    bool python = module || ends_with(file, ".py");
    char clip[RT_UTF8_CLIP];
    int rc;

    rt_utf8_clip(node->text, clip);
    if (!python && !ends_with(file, ".so"))
        rc = rt_yaml_error(reader->yaml, node->offset, err,
                           "entry \"%s\" is none of FILE.py:FUNCTION, MODULE:FUNCTION and "
                           "FILE.so:FUNCTION; for a program write %s",
                           clip,
                           reader->in_words ? "retrial run -- PROGRAM ARGUMENT..."
                                            : "{command: [PROGRAM, ARGUMENT, ...]}");
    else if (!colon)
        rc = rt_yaml_error(reader->yaml, node->offset, err,
                           "entry \"%s\" names no function; write \"%s:FUNCTION\"", clip, clip);
    else if (!is_function(colon + 1, python))
        rc = rt_yaml_error(reader->yaml, node->offset, err,
                           "entry \"%s\" ends with what is no name of a function", clip);
    else if (module)
        rc = set_module(reader, file, colon + 1, err);
    else
        rc = set_function(reader, file, colon + 1, python ? "python" : "c", err);
    free(file);
    return rc;
}

/* Programs without a slash are looked up where they run. */
static int check_program(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err)
{
    const char *program = node->text;
    char clip[RT_UTF8_CLIP];
    char *path;
    int rc;

    if (!strchr(program, '/') || program[0] == '/')
        return 0;
    path = rt_study_resolve(reader, node);
    if (!rt_study_choose_root(reader->file, path))
        rc = outside_roots(reader, node, program, err);
    else if ((rc = check_file(reader, node, path, program, err)) == 0 && reader->on_disk &&
             access(path, X_OK) < 0)
        rc = rt_yaml_error(reader->yaml, node->offset, err,
                           "\"%s\" is not executable; run chmod +x on it",
                           rt_utf8_clip(program, clip));
    free(path);
    return rc;
}

static int read_argv(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_json *argv, struct rt_err *err)
{
    if (node->kind != RT_JSON_ARRAY || node->count == 0)
        return rt_study_mismatch(reader, node, "a list such as [./train.sh, --lr, \"{lr}\"]", err);
    for (size_t i = 0; i < node->count; i++) {
        const struct rt_yaml_node *item = &node->items[i];

        if (!item->text)
            return rt_study_mismatch(reader, item,
                                     "a text; for a parameter, write \"{name}\" in quotes", err);
        rt_json_append(argv, rt_json_new_string(item->text));
    }
    if (!node->items[0].text[0])
        return rt_yaml_error(reader->yaml, node->items[0].offset, err, "the program is empty");
    return check_program(reader, &node->items[0], err);
}

static int read_command(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err)
{
    struct rt_study_file *file = reader->file;
    struct rt_json *argv = rt_json_new_array();
    const char *root;
    char *folder;
    int rc = read_argv(reader, node, argv, err);

    if (rc < 0) {
        rt_json_free(argv);
        return rc;
    }
    rt_json_set(new_entry(reader, "command"), "argv", argv);
    folder = rt_study_folder_of(reader, node);
    root = rt_study_choose_root(file, folder);
    if (root)
        set_root(reader, root, folder);
    else
        set_root(reader, file->roots[0], file->roots[0]);
    free(folder);
    return 0;
}

static int note_result(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    (void)err;
    reader->result = node;
    return 0;
}

int rt_study_read_entry(struct rt_study_reader *reader, struct rt_err *err)
{
    static const struct rt_study_field fields[] = {
        {"command", read_command}, {"result", note_result}, {NULL, NULL}};
    const struct rt_yaml_node *entry = reader->entry;
    int rc = rt_study_read_code(reader, err);

    if (rc < 0)
        return rc;
    if (entry->kind == RT_JSON_STRING)
        return read_function(reader, err);
    if (entry->kind != RT_JSON_OBJECT || entry->count == 0)
        return rt_study_mismatch(reader, entry,
                                 "a function such as model.py:train, or a mapping such as "
                                 "{command: [./train.sh]}",
                                 err);
    rc = rt_study_fields(reader, entry, fields, err);
    if (rc == 0 && !rt_yaml_get(entry, "command"))
        rc = rt_yaml_error(reader->yaml, entry->offset, err,
                           "the entry has a result and no command; add \"command\"");
    return rc < 0 ? rc : rt_study_read_result(reader, err);
}
