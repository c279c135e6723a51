#ifndef RT_ENGINE_STUDY_OWN_H
#define RT_ENGINE_STUDY_OWN_H
/* What the files engine/study*.c share. */
#include <stdbool.h>
#include "engine/study.h"
#include "engine/yaml.h"

/* A study file as it is being read. */
struct rt_study_reader {
    const struct rt_yaml *yaml;
    struct rt_json *plan;
    struct rt_study_file *file;
    const struct rt_yaml_node *code;   /* NULL: not given */
    const struct rt_yaml_node *entry;  /* likewise */
    const struct rt_yaml_node *python; /* likewise */
    bool on_disk;                      /* files it names must be there */
};

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

/* Readers of keys at the top. */
int rt_study_read_params(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err);
int rt_study_read_sweep(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err);
int rt_study_read_replicates(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                             struct rt_err *err);
int rt_study_read_seed(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err);
int rt_study_read_objective(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                            struct rt_err *err);
int rt_study_read_limits(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                         struct rt_err *err);
int rt_study_read_each(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err);

/* Code roots and entry, once both are known: file->roots, "entry" and "root" of the plan. */
int rt_study_read_entry(struct rt_study_reader *reader, struct rt_err *err);

/* A parameter's value with all below it, as what trials are given: keys are usable names. */
int rt_study_value(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                   struct rt_json **value, struct rt_err *err);

/* Makes the axis {"values": [...]} of a list; a list of numbers with a real one is all reals. */
int rt_study_list(const struct rt_study_reader *reader, const struct rt_yaml_node *list,
                  struct rt_json **axis, struct rt_err *err);

/* Gives the plan the lowest format that has all that it uses. */
void rt_study_set_format(struct rt_json *plan);

/* Names. A dotted key has parts; each is a name. RT_EUSAGE. */
int rt_study_check_name(const char *name, struct rt_err *err);
int rt_study_check_key(const char *key, struct rt_err *err);
int rt_study_check_path(const char *path, struct rt_err *err);

#endif
