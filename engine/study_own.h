#ifndef RT_ENGINE_STUDY_OWN_H
#define RT_ENGINE_STUDY_OWN_H
/* What the files engine/study*.c share. */
#include <stdbool.h>
#include "engine/study.h"
#include "engine/yaml.h"

struct rt_study_source {
    struct rt_span text;
    const char *path;         /* where relative paths start */
    const char *label;        /* of errors, which tell line and column; NULL: `lines` say where */
    const char *const *lines; /* of the command line: the option that each line stands for */
    bool on_disk;             /* files that it names must be there */
};

/* A study file as it is being read. */
struct rt_study_reader {
    const struct rt_yaml *yaml;
    struct rt_json *plan;
    struct rt_study_file *file;
    const struct rt_yaml_node *code;   /* NULL: not given */
    const struct rt_yaml_node *entry;  /* likewise */
    const struct rt_yaml_node *python; /* likewise */
    const struct rt_yaml_node *result; /* likewise; of a command */
    const struct rt_yaml_node *sample; /* likewise */
    const struct rt_yaml_node *samples;
    const struct rt_yaml_node *list;
    const struct rt_yaml_node *sweep;    /* likewise */
    const struct rt_yaml_node *defaults; /* likewise */
    struct rt_json *known;               /* params that there are defaults of; NULL: any will do */
    const struct rt_yaml_node *pruning;  /* likewise */
    struct rt_json *rule;                /* of it, the one at hand */
    int64_t groups;                      /* of keys that change together, so far */
    bool on_disk;                        /* files it names must be there */
    bool in_words;                       /* they start at the current folder, not at a study file */
};

int rt_study_read(const struct rt_study_source *source, struct rt_study_file *out,
                  struct rt_err *err);

/* A key of a mapping, and what reads its value. */
struct rt_study_field {
    const char *name;
    int (*read)(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                struct rt_err *err);
};

/* Reads each member of a mapping; `fields` ends with NULL. An unknown key is an error. */
int rt_study_fields(struct rt_study_reader *reader, const struct rt_yaml_node *mapping,
                    const struct rt_study_field *fields, struct rt_err *err);

/* Refuses a node of another kind: "expected an integer such as 20, found a text". */
int rt_study_expect(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                    enum rt_json_kind kind, const char *expected, struct rt_err *err);
int rt_study_mismatch(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                      const char *expected, struct rt_err *err);

/* An integer within bounds. */
int rt_study_integer(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     int64_t min, int64_t max, int64_t *value, struct rt_err *err);

#define RT_STUDY_OUTPUT_BYTES 65536 /* limits.output of a study that does not say it */

/* Readers of keys at the top. */
int rt_study_read_params(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err);
int rt_study_read_sample(struct rt_study_reader *reader, struct rt_err *err);
int rt_study_read_list(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err);
int rt_study_read_sweep(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err);
/* The file of defaults goes below the params; then keys that it does not know are refused. */
int rt_study_read_defaults(struct rt_study_reader *reader, struct rt_err *err);
int rt_study_check_defaults(const struct rt_study_reader *reader, struct rt_err *err);
int rt_study_read_zip(struct rt_study_reader *reader, const struct rt_yaml_node *group,
                      struct rt_err *err);
int rt_study_read_replicates(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                             struct rt_err *err);
int rt_study_read_seed(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err);
int rt_study_read_objective(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                            struct rt_err *err);
int rt_study_read_pruning(struct rt_study_reader *reader, struct rt_err *err);
int rt_study_read_limits(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err);
int rt_study_read_each(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err);

/* Reads another file that the study names, and notes that it did. */
int rt_study_read_other(struct rt_study_file *file, const char *path, struct rt_buf *text,
                        struct rt_err *err);

/* Merges what "extends" names into a document; errors then find the file that a node is from. */
int rt_study_extend(struct rt_study_file *file, struct rt_yaml *yaml, bool on_disk,
                    struct rt_err *err);

/* The folder of the file that a node is from, where its paths start; and a path in it. Yours. */
char *rt_study_folder_of(const struct rt_study_reader *reader, const struct rt_yaml_node *node);
char *rt_study_resolve(const struct rt_study_reader *reader, const struct rt_yaml_node *node);

/* Where a command's metrics are, once the command is known. */
int rt_study_read_result(struct rt_study_reader *reader, struct rt_err *err);

int rt_study_read_isolation(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                            struct rt_err *err);
int rt_study_read_inputs(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err);

/* Code roots, and what is no code in them. */
int rt_study_read_code(struct rt_study_reader *reader, struct rt_err *err);

/* The root that holds a path, moved to the front; NULL if none does. */
const char *rt_study_choose_root(struct rt_study_file *file, const char *path);

/* Code roots and entry, once both are known: file->roots, "entry" and "root" of the plan. */
int rt_study_read_entry(struct rt_study_reader *reader, struct rt_err *err);

/* A parameter's value with all below it, as what trials are given: keys are usable names. */
int rt_study_value(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                   struct rt_json **value, struct rt_err *err);

/* Makes the axis {"values": [...]} of a list; a list of numbers with a real one is all reals. */
int rt_study_list(const struct rt_study_reader *reader, const struct rt_yaml_node *list,
                  struct rt_json **axis, struct rt_err *err);

/* study_driver.c, study_space.c: what proposes trials, and what it may propose; the checks come
 * once all is read. */
int rt_study_read_driver(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err);
int rt_study_check_driver(const struct rt_study_reader *reader, struct rt_err *err);
int rt_study_read_space(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err);
int rt_study_check_space(const struct rt_study_reader *reader, struct rt_err *err);

/* study_space_file.c: a space that is in a file of another program. */
int rt_study_read_space_file(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                             struct rt_err *err);

/* The arguments of a distribution, as an axis without its key and its count. */
int rt_study_read_arguments(const struct rt_study_reader *reader, const char *name,
                            const struct rt_yaml_node *list, struct rt_json **axis,
                            struct rt_err *err);

/* Appends "driver" and "space" as YAML. */
void rt_study_write_driver(const struct rt_json *plan, struct rt_buf *out);

/* Whether a word is the name of a distribution; and "uniform(0, 1)" as an axis without its key and
 * its count. */
bool rt_study_is_distribution(const char *name);
int rt_study_read_call(const char *text, struct rt_json **axis, struct rt_err *err);

/* Appends to `axes` the old ones with that of a key in its place; without an axis, the key is not
 * swept any more. A drawn one is drawn `samples` times, or as often as others are. */
int rt_study_change_axes(const struct rt_json *old, const char *key, const struct rt_json *axis,
                         uint64_t samples, struct rt_json *axes, struct rt_err *err);

/* Two equal values of a list would be the same trial; `values` are what its items became. */
int rt_study_check_distinct(const struct rt_study_reader *reader, const struct rt_yaml_node *list,
                            const struct rt_json *values, struct rt_err *err);

/* Reads the levels of a key: a list or a range. With `repeats`, a list may hold a value twice. */
int rt_study_axis(struct rt_study_reader *reader, const struct rt_yaml_node *node, bool repeats,
                  struct rt_json **axis, struct rt_err *err);

/* Makes of the keys with a "when", and of those that it is on, axes that list their combinations;
 * and the other way round, what the study said. On failure *culprit (may be NULL), yours, is the
 * key that cannot be. RT_EUSAGE. */
int rt_study_expand(struct rt_json *plan, char **culprit, struct rt_err *err);
struct rt_json *rt_study_collapse(const struct rt_json *axes);

/* Numbers the groups of keys that change together 0, 1, ..., and gives the plan the lowest format
 * that has all that it uses. */
void rt_study_settle(struct rt_json *plan);

/* Appends a text as YAML, in quotes where it needs them. */
void rt_study_write_text(const char *text, struct rt_buf *out);

/* Appends "limits", "each", "isolation", "inputs" and "code" as YAML. */
void rt_study_write_needs(const struct rt_json *plan, struct rt_buf *out);

void rt_study_write_pruning(const struct rt_json *plan, struct rt_buf *out); /* as YAML */

/* Appends "list" and "sweep" as YAML. */
void rt_study_write_axes(const struct rt_json *axes, struct rt_buf *out);

/* Names but that of a study. A dotted key has parts; each is a name. RT_EUSAGE. */
int rt_study_check_key(const char *key, struct rt_err *err);
int rt_study_check_path(const char *path, struct rt_err *err);

/* study_module.c: whether a text looks like the name of a Python module, and the file of the code
 * that is it (absolute, yours), or NULL. */
bool rt_study_is_module(const char *name);
char *rt_study_module_file(const struct rt_study_reader *reader, const char *module);

#endif
