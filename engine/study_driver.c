/* "driver": the program that proposes trials, and what it is held to. */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/quantity.h"
#include "base/utf8.h"
#include "engine/path.h"
#include "store/state.h"

#include <stdlib.h>

#define IN_FLIGHT_MAX   65536
#define SILENCE_US      60000000
#define DURATION_MAX_US (INT64_C(366) * 86400 * 1000000)

static const char expected[] = "a file such as hpo.py, or a mapping such as {command: [./search]} "
                               "or {use: optuna.TPESampler, trials: 500}";

/* Kinds of programs, by the key that makes one. The engine gives them all that it does not know
 * itself, if they are `free`. */
static const struct kind {
    const char *key;
    bool free;
} kinds[] = {{"file", false}, {"command", false}, {"use", true},
             {"eqpy", true},  {"eqr", true},      {NULL, false}};

static struct rt_json *driver_of(const struct rt_study_reader *reader)
{
    return rt_json_get(reader->plan, "driver");
}

static int read_count(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                      const char *name, int64_t max, struct rt_err *err)
{
    int64_t value;
    int rc = rt_study_integer(reader, node, 1, max, &value, err);

    if (rc == 0)
        rt_json_set_int(driver_of(reader), name, value);
    return rc;
}

static int read_trials(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    return read_count(reader, node, "trials", RT_ORDINALS_MAX, err);
}

static int read_in_flight(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                          struct rt_err *err)
{
    return read_count(reader, node, "in_flight", IN_FLIGHT_MAX, err);
}

static int read_no_better(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                          struct rt_err *err)
{
    return read_count(reader, node, "no_better_for", INT32_MAX, err);
}

static int read_target(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    if (node->kind != RT_JSON_INT && node->kind != RT_JSON_REAL)
        return rt_study_mismatch(reader, node, "a value of the objective, a number", err);
    rt_json_set(driver_of(reader), "target", rt_yaml_json(node));
    return 0;
}

static int read_duration(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         const char *name, struct rt_err *err)
{
    int64_t us = 0;

    if (node->kind != RT_JSON_STRING || !rt_quantity_parse(node->text, rt_durations, &us) ||
        us <= 0 || us > DURATION_MAX_US)
        return rt_study_mismatch(reader, node, "a duration such as 60s, 2min, 1.5h", err);
    rt_json_set_int(driver_of(reader), name, us);
    return 0;
}

static int read_time(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_err *err)
{
    return read_duration(reader, node, "time_us", err);
}

static int read_stop(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_err *err)
{
    static const struct rt_study_field fields[] = {{"no_better_for", read_no_better},
                                                   {"target", read_target},
                                                   {"time", read_time},
                                                   {NULL, NULL}};
    int rc = rt_study_expect(reader, node, RT_JSON_OBJECT,
                             "a mapping such as {no_better_for: 100}, {target: 0.99} or {time: 8h}",
                             err);

    return rc < 0 ? rc : rt_study_fields(reader, node, fields, err);
}

static int read_resume(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    const char *text = node->kind == RT_JSON_STRING ? node->text : "";

    if (strcmp(text, "replay") != 0 && strcmp(text, "state") != 0 && strcmp(text, "tell") != 0)
        return rt_study_mismatch(reader, node, "replay, state or tell", err);
    rt_json_set_text(driver_of(reader), "resume", text);
    return 0;
}

static int read_strict(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    int rc = rt_study_expect(reader, node, RT_JSON_BOOL, "true or false", err);

    if (rc == 0 && rt_json_bool(node->value))
        rt_json_set(driver_of(reader), "strict", rt_json_new_bool(true));
    return rc;
}

static int read_silence(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err)
{
    return read_duration(reader, node, "silence_us", err);
}

static int read_args(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_err *err)
{
    int rc = rt_study_expect(reader, node, RT_JSON_OBJECT, "a mapping, which the driver gets", err);

    if (rc == 0)
        rt_json_set(driver_of(reader), "args", rt_yaml_json(node));
    return rc;
}

/* Read with the kind, in whichever order they stand. */
static int skip(struct rt_study_reader *reader, const struct rt_yaml_node *node, struct rt_err *err)
{
    (void)reader;
    (void)node;
    (void)err;
    return 0;
}

static const struct rt_study_field fields[] = {
    {"file", skip},          {"command", skip},
    {"use", skip},           {"eqpy", skip},
    {"eqr", skip},           {"python", skip},
    {"trials", read_trials}, {"in_flight", read_in_flight},
    {"stop", read_stop},     {"resume", read_resume},
    {"strict", read_strict}, {"silence", read_silence},
    {"args", read_args},     {NULL, NULL},
};

static bool is_own(const char *key)
{
    size_t i = 0;

    while (fields[i].name && strcmp(fields[i].name, key) != 0)
        i++;
    return fields[i].name && fields[i].read != skip;
}

static bool is_python_file(const char *text)
{
    size_t size = strlen(text);

    return size > 3 && strcmp(text + size - 3, ".py") == 0;
}

/* A file beside the study file; the program runs there. */
static int check_file(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                      const char *name, struct rt_err *err)
{
    char *folder = rt_study_folder_of(reader, node);
    char *path = rt_path_resolve(folder, name);
    char clip[RT_UTF8_CLIP];
    int rc = 0;

    if (reader->on_disk && !rt_fs_exists(path))
        rc = rt_yaml_error(reader->yaml, node->offset, err,
                           "there is no file \"%s\" beside the study file",
                           rt_utf8_clip(name, clip));
    free(path);
    free(folder);
    return rc;
}

/* The interpreter: a path starts at the file that says it; a bare name is looked up where it runs.
 */
static int put_python(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                      struct rt_json *argv, struct rt_err *err)
{
    char *path;
    int rc = 0;

    if (!node) {
        rt_json_append(argv, rt_json_new_string("python3"));
        return 0;
    }
    if ((rc = rt_study_expect(reader, node, RT_JSON_STRING,
                              "an interpreter such as python3.12 or /opt/conda/bin/python", err)) <
        0)
        return rc;
    path = strchr(node->text, '/') ? rt_study_resolve(reader, node) : rt_strdup(node->text);
    rt_json_append(argv, rt_json_new_string(path));
    free(path);
    return 0;
}

static int put_file(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                    const struct rt_yaml_node *python, struct rt_json *argv, struct rt_err *err)
{
    int rc;

    if (node->kind != RT_JSON_STRING || !is_python_file(node->text))
        return rt_study_mismatch(reader, node,
                                 "a Python file such as hpo.py; for other programs write "
                                 "driver: {command: [./search]}",
                                 err);
    if ((rc = check_file(reader, node, node->text, err)) < 0 ||
        (rc = put_python(reader, python, argv, err)) < 0)
        return rc;
    rt_json_append(argv, rt_json_new_string(node->text));
    return 0;
}

static int put_command(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       const struct rt_yaml_node *python, struct rt_json *argv, struct rt_err *err)
{
    int rc = rt_study_expect(reader, node, RT_JSON_ARRAY, "a list such as [./search, --fast]", err);

    if (rc < 0)
        return rc;
    if (python)
        return rt_yaml_error(reader->yaml, python->key_offset, err,
                             "\"python\" is for drivers that are Python; a command names its "
                             "interpreter itself");
    if (node->count == 0)
        return rt_study_mismatch(reader, node, "a program", err);
    for (size_t i = 0; i < node->count; i++) {
        if (!node->items[i].text || node->items[i].kind == RT_JSON_NULL)
            return rt_study_mismatch(reader, &node->items[i], "a word of the command", err);
        rt_json_append(argv, rt_json_new_string(node->items[i].text));
    }
    return strchr(node->items[0].text, '/') ? check_file(reader, node, node->items[0].text, err)
                                            : 0;
}

/* The package has a module that reads the rest of the section. */
static int put_module(struct rt_study_reader *reader, const struct rt_yaml_node *section,
                      const struct rt_yaml_node *python, struct rt_json *argv, struct rt_err *err)
{
    struct rt_json *args = rt_json_new_object();
    int rc = put_python(reader, python, argv, err);

    rt_json_append(argv, rt_json_new_string("-m"));
    rt_json_append(argv, rt_json_new_string("retrial.driver"));
    for (size_t i = 0; i < section->count; i++) {
        const struct rt_yaml_node *item = &section->items[i];

        if (!is_own(item->key) && strcmp(item->key, "python") != 0)
            rt_json_set(args, item->key, rt_yaml_json(item));
    }
    rt_json_set(driver_of(reader), "args", args);
    return rc;
}

static int find_kind(const struct rt_study_reader *reader, const struct rt_yaml_node *section,
                     const struct kind **found, const struct rt_yaml_node **node,
                     struct rt_err *err)
{
    *found = NULL;
    for (size_t i = 0; kinds[i].key; i++) {
        const struct rt_yaml_node *item = rt_yaml_get(section, kinds[i].key);

        if (item && *found)
            return rt_yaml_error(reader->yaml, item->key_offset, err,
                                 "a driver is one program, and there is \"%s\" already: keep one "
                                 "of them",
                                 (*found)->key);
        if (item) {
            *found = &kinds[i];
            *node = item;
        }
    }
    if (!*found)
        return rt_yaml_error(reader->yaml, section->offset, err,
                             "the driver lacks a program; add one of file: hpo.py, command: "
                             "[./search], use: optuna.TPESampler, eqpy: algo.py, eqr: algo.R");
    return 0;
}

static int put_program(struct rt_study_reader *reader, const struct rt_yaml_node *section,
                       struct rt_err *err)
{
    const struct rt_yaml_node *python = rt_yaml_get(section, "python");
    struct rt_json *argv = rt_json_new_array();
    const struct rt_yaml_node *node = NULL;
    const struct kind *kind;
    int rc;

    rt_json_set(driver_of(reader), "argv", argv);
    if ((rc = find_kind(reader, section, &kind, &node, err)) < 0)
        return rc;
    rt_json_set_text(driver_of(reader), "kind", kind->free ? "module" : kind->key);
    if (kind->free)
        return put_module(reader, section, python, argv, err);
    if ((rc = rt_study_fields(reader, section, fields, err)) < 0)
        return rc;
    if (strcmp(kind->key, "file") == 0)
        return put_file(reader, node, python, argv, err);
    return put_command(reader, node, python, argv, err);
}

/* Of a section that is handed over, the engine reads what is its own. */
static int read_own(struct rt_study_reader *reader, const struct rt_yaml_node *section,
                    struct rt_err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < section->count; i++) {
        const struct rt_yaml_node *item = &section->items[i];

        for (size_t k = 0; rc == 0 && fields[k].name; k++) {
            if (fields[k].read != skip && strcmp(fields[k].name, item->key) == 0)
                rc = fields[k].read(reader, item, err);
        }
    }
    return rc;
}

int rt_study_read_driver(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err)
{
    struct rt_json *driver = rt_json_new_object();
    struct rt_json *argv;
    int rc;

    rt_json_set(reader->plan, "driver", driver);
    rt_json_set_text(driver, "resume", "replay");
    rt_json_set_int(driver, "silence_us", SILENCE_US);
    if (node->kind == RT_JSON_STRING) {
        argv = rt_json_new_array();
        rt_json_set(driver, "argv", argv);
        rt_json_set_text(driver, "kind", "file");
        return put_file(reader, node, NULL, argv, err);
    }
    if ((rc = rt_study_expect(reader, node, RT_JSON_OBJECT, expected, err)) < 0 ||
        (rc = put_program(reader, node, err)) < 0)
        return rc;
    return strcmp(rt_json_get_text(driver, "kind", ""), "module") == 0 ? read_own(reader, node, err)
                                                                       : 0;
}

/* What a driver does not go together with, once all is read. */
int rt_study_check_driver(const struct rt_study_reader *reader, struct rt_err *err)
{
    static const char *const others[] = {"sweep", "list", "sample", "replicates", NULL};
    static const char *const of_objective[] = {"no_better_for", "target", NULL};
    const struct rt_yaml_node *root = rt_yaml_root(reader->yaml);
    const struct rt_json *driver = driver_of(reader);
    const struct rt_json *objective = rt_json_get(reader->plan, "objective");
    const struct rt_yaml_node *node;

    if (!driver) {
        node = rt_yaml_get(root, "space");
        return node ? rt_yaml_error(reader->yaml, node->key_offset, err,
                                    "\"space\" says what a driver may propose; add \"driver\", or "
                                    "write \"sample\" for values that are drawn")
                    : 0;
    }
    for (size_t i = 0; others[i]; i++) {
        if ((node = rt_yaml_get(root, others[i])) != NULL)
            return rt_yaml_error(reader->yaml, node->key_offset, err,
                                 "a driver proposes all trials: remove \"%s\", or \"driver\"",
                                 others[i]);
    }
    node = rt_yaml_get(root, "driver");
    for (size_t i = 0; of_objective[i]; i++) {
        if (rt_json_get(driver, of_objective[i]) && rt_json_kind(objective) != RT_JSON_OBJECT)
            return rt_yaml_error(reader->yaml, node ? node->key_offset : 0, err,
                                 "\"%s\" needs to know what is better; add objective: "
                                 "{maximize: METRIC}",
                                 of_objective[i]);
    }
    return 0;
}
