#include "engine/study.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/path.h"
#include "engine/study_own.h"

#include <stdlib.h>
#include <sys/stat.h>

static int read_name(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_err *err)
{
    int rc = rt_study_expect(reader, node, RT_JSON_STRING,
                             "a text (write it in quotes if it looks like something else)", err);

    if (rc < 0)
        return rc;
    if (rt_study_check_name(node->text, err) < 0)
        return rt_yaml_error_at(reader->yaml, node->offset, err);
    rt_json_set_text(reader->plan, "name", node->text);
    return 0;
}

/* The entry can be read once the code roots are known, wherever they stand in the file. */
static int note_entry(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                      struct rt_err *err)
{
    (void)err;
    reader->entry = node;
    return 0;
}

static int note_code(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_err *err)
{
    (void)err;
    reader->code = node;
    return 0;
}

static int note_sample(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    (void)err;
    reader->sample = node;
    return 0;
}

static int note_samples(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err)
{
    (void)err;
    reader->samples = node;
    return 0;
}

static int note_list(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_err *err)
{
    (void)err;
    reader->list = node;
    return 0;
}

static int note_sweep(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                      struct rt_err *err)
{
    (void)err;
    reader->sweep = node;
    return 0;
}

/* The objective, that rules look at, may stand behind them. */
static int note_pruning(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err)
{
    (void)err;
    reader->pruning = node;
    return 0;
}

/* What changes slowest comes first, wherever it stands in the file. */
static int read_axes(struct rt_study_reader *reader, struct rt_err *err)
{
    int rc = rt_study_read_sample(reader, err);

    if (rc == 0 && reader->list)
        rc = rt_study_read_list(reader, reader->list, err);
    if (rc == 0 && reader->sweep)
        rc = rt_study_read_sweep(reader, reader->sweep, err);
    return rc;
}

static int note_defaults(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err)
{
    (void)err;
    reader->defaults = node;
    return 0;
}

static int note_python(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    reader->python = node;
    return rt_study_expect(reader, node, RT_JSON_STRING,
                           "an interpreter such as python3.12 or /opt/conda/bin/python", err);
}

/* The interpreter is part of the entry. A relative path starts at the folder of the file that says
 * it; a bare name is looked up on the PATH of the host that runs it. */
static int put_python(struct rt_study_reader *reader, struct rt_err *err)
{
    struct rt_json *entry = rt_json_get(reader->plan, "entry");
    char *path;

    if (!reader->python)
        return 0;
    if (strcmp(rt_json_get_text(entry, "kind", ""), "python") != 0)
        return rt_yaml_error(reader->yaml, reader->python->offset, err,
                             "\"python\" is for entries that are Python functions; a command "
                             "names its interpreter itself");
    if (!strchr(reader->python->text, '/')) {
        rt_json_set_text(entry, "python", reader->python->text);
        return 0;
    }
    path = rt_study_resolve(reader, reader->python);
    rt_json_set_text(entry, "python", path);
    free(path);
    return 0;
}

/* The file that it names was read before. */
static int skip_extends(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err)
{
    (void)reader;
    (void)node;
    (void)err;
    return 0;
}

static const struct rt_study_field fields[] = {
    {"name", read_name},
    {"entry", note_entry},
    {"params", rt_study_read_params},
    {"defaults", note_defaults},
    {"sample", note_sample},
    {"samples", note_samples},
    {"list", note_list},
    {"sweep", note_sweep},
    {"replicates", rt_study_read_replicates},
    {"seed", rt_study_read_seed},
    {"code", note_code},
    {"objective", rt_study_read_objective},
    {"pruning", note_pruning},
    {"limits", rt_study_read_limits},
    {"each", rt_study_read_each},
    {"python", note_python},
    {"isolation", rt_study_read_isolation},
    {"inputs", rt_study_read_inputs},
    {"driver", rt_study_read_driver},
    {"space", rt_study_read_space},
    {"extends", skip_extends},
    {NULL, NULL},
};

/* What a study file does not say. */
static struct rt_json *new_plan(void)
{
    struct rt_json *plan = rt_json_new_object();
    struct rt_json *limits = rt_json_new_object();
    struct rt_json *each = rt_json_new_object();

    rt_json_set_int(limits, "timeout_us", 0);
    rt_json_set_int(limits, "retries", 0);
    rt_json_set_int(limits, "output_bytes", RT_STUDY_OUTPUT_BYTES);
    rt_json_set_int(each, "threads", 1);
    rt_json_set_int(plan, "format", 1);
    rt_json_set(plan, "params", rt_json_new_object());
    rt_json_set(plan, "axes", rt_json_new_array());
    rt_json_set_int(plan, "replicates", 1);
    rt_json_set_int(plan, "seed", 0);
    rt_json_set_text(plan, "seeds", "shared");
    rt_json_set_text(plan, "objective", NULL);
    rt_json_set(plan, "limits", limits);
    rt_json_set(plan, "each", each);
    rt_json_set_text(plan, "code", NULL);
    return plan;
}

/* "noise" for a file "studies/noise.yaml". */
static int name_after_file(struct rt_study_reader *reader, struct rt_err *err)
{
    const char *base = rt_path_name(reader->file->path);
    const char *dot = strrchr(base, '.');
    char *name = rt_strndup(base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
    int rc = rt_study_check_name(name, err);

    if (rc < 0)
        rc = rt_yaml_error(reader->yaml, 0, err,
                           "the study has no name, and its file's cannot be used; add \"name\"");
    else
        rt_json_set_text(reader->plan, "name", name);
    free(name);
    return rc;
}

/* Where the sweep says something of a key. */
static size_t place_of(const struct rt_yaml_node *sweep, const char *key)
{
    const struct rt_yaml_node *node = rt_yaml_get(sweep, key);

    for (size_t i = 0; !node && sweep->kind == RT_JSON_ARRAY && i < sweep->count; i++)
        node = rt_yaml_get(&sweep->items[i], key);
    return node ? node->key_offset : sweep->key_offset;
}

static int expand(struct rt_study_reader *reader, struct rt_err *err)
{
    char *culprit = NULL;
    int rc = rt_study_expand(reader->plan, &culprit, err);

    if (rc < 0 && reader->sweep)
        rc = rt_yaml_error_at(
            reader->yaml, culprit ? place_of(reader->sweep, culprit) : reader->sweep->key_offset,
            err);
    free(culprit);
    return rc;
}

static int read_root(struct rt_study_reader *reader, struct rt_err *err)
{
    const struct rt_yaml_node *root = rt_yaml_root(reader->yaml);
    const struct rt_yaml_node *sweep;
    int rc;

    if (root->kind == RT_JSON_NULL)
        return rt_yaml_error(reader->yaml, 0, err, "the file is empty");
    if ((rc = rt_study_expect(reader, root, RT_JSON_OBJECT,
                              "a mapping with the keys of a study: name, entry, ...", err)) < 0 ||
        (rc = rt_study_fields(reader, root, fields, err)) < 0 ||
        (rc = rt_study_read_defaults(reader, err)) < 0 || (rc = read_axes(reader, err)) < 0 ||
        (rc = expand(reader, err)) < 0 || (rc = rt_study_check_defaults(reader, err)) < 0 ||
        (rc = rt_study_check_driver(reader, err)) < 0 ||
        (rc = rt_study_check_space(reader, err)) < 0 ||
        (rc = rt_study_read_pruning(reader, err)) < 0)
        return rc;
    if (!reader->entry)
        return rt_yaml_error(reader->yaml, root->offset, err,
                             "the study says nothing to run; add \"entry\", such as "
                             "model.py:train");
    if ((rc = rt_study_read_entry(reader, err)) < 0 || (rc = put_python(reader, err)) < 0)
        return rc;
    if (!rt_yaml_get(root, "name") && (rc = name_after_file(reader, err)) < 0)
        return rc;
    rt_study_settle(reader->plan);
    sweep = rt_yaml_get(root, "sweep");
    if (rt_study_check_plan(reader->plan, err) < 0)
        return rt_yaml_error_at(reader->yaml, sweep ? sweep->key_offset : root->offset, err);
    return 0;
}

/* A file beside a link to it is beside the link: only folders are resolved. */
static void set_paths(struct rt_study_file *file, const char *path)
{
    char *parent = rt_fs_parent(path);
    char *absolute = rt_fs_absolute(parent);

    file->folder = rt_path_resolve(absolute, ".");
    file->path = rt_path_resolve(file->folder, rt_path_name(path));
    free(absolute);
    free(parent);
}

int rt_study_read(const struct rt_study_source *source, struct rt_study_file *out,
                  struct rt_err *err)
{
    size_t size = source->label ? strlen(source->label) : 0;
    bool json = size > 5 && strcmp(source->label + size - 5, ".json") == 0;
    struct rt_study_reader reader = {
        .file = out, .on_disk = source->on_disk, .in_words = source->lines != NULL};
    struct rt_yaml *yaml;
    int rc;

    memset(out, 0, sizeof *out);
    if ((rc = rt_yaml_parse(source->text, source->label, json, &yaml, err)) < 0)
        return rc;
    rt_yaml_name_lines(yaml, source->lines);
    set_paths(out, source->path);
    reader.yaml = yaml;
    reader.plan = out->plan = new_plan();
    rc = rt_study_extend(out, yaml, source->on_disk, err);
    if (rc == 0)
        rc = read_root(&reader, err);
    rt_yaml_free(yaml);
    rt_json_free(reader.known);
    if (rc < 0) {
        rt_study_file_clear(out);
        return rc;
    }
    out->text = rt_strndup(source->text.data, source->text.size);
    return 0;
}

int rt_study_file_parse(struct rt_span text, const char *path, struct rt_study_file *out,
                        struct rt_err *err)
{
    return rt_study_read(&(struct rt_study_source){.text = text, .path = path, .label = path}, out,
                         err);
}

/* Devices and pipes have no folder to start from, and may have no end. */
static int check_kind(const char *path, struct rt_err *err)
{
    struct stat info;

    if (stat(path, &info) < 0)
        return rt_err_errno(err, RT_EUSAGE, "%s", path);
    if (S_ISDIR(info.st_mode))
        return rt_err_set(err, RT_EUSAGE, "%s: is a folder; name a study file", path);
    if (!S_ISREG(info.st_mode))
        return rt_err_set(err, RT_EUSAGE, "%s: is not a regular file", path);
    if (info.st_size > (off_t)RT_YAML_BYTES_MAX)
        return rt_err_set(err, RT_EUSAGE,
                          "%s:1:1: the file has %lld bytes, and %zu are allowed; sweep a range "
                          "instead of listing its values",
                          path, (long long)info.st_size, RT_YAML_BYTES_MAX);
    return 0;
}

int rt_study_read_other(struct rt_study_file *file, const char *path, struct rt_buf *text,
                        struct rt_err *err)
{
    int rc = check_kind(path, err);

    if (rc < 0 || (rc = rt_fs_read(path, text, err)) < 0)
        return rc;
    file->others =
        rt_grow(file->others, &file->other_capacity, file->other_count + 1, sizeof *file->others);
    file->others[file->other_count++] = rt_strdup(path);
    return 0;
}

int rt_study_file_read(const char *path, struct rt_study_file *out, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    memset(out, 0, sizeof *out);
    if ((rc = check_kind(path, err)) == 0 && (rc = rt_fs_read(path, &text, err)) == 0)
        rc = rt_study_read(
            &(struct rt_study_source){
                .text = rt_buf_span(&text), .path = path, .label = path, .on_disk = true},
            out, err);
    rt_buf_clear(&text);
    return rc;
}

void rt_study_file_clear(struct rt_study_file *file)
{
    for (size_t i = 0; i < file->root_count; i++)
        free(file->roots[i]);
    free(file->roots);
    for (size_t i = 0; i < file->other_count; i++)
        free(file->others[i]);
    free(file->others);
    free(file->folder);
    free(file->path);
    free(file->text);
    rt_json_free(file->plan);
    memset(file, 0, sizeof *file);
}
