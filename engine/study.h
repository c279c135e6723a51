#ifndef RT_ENGINE_STUDY_H
#define RT_ENGINE_STUDY_H
/*
 * Study files: YAML 1.2 or JSON, read strictly into a plan object.
 *
 * docs/study-file.md is the reference. Errors name file, line and column;
 * unknown keys are refused with the nearest known one. Reading a file never
 * executes anything.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/span.h"

struct rt_study_file {
    struct rt_json *plan; /* plan object (store/plan.h), "code" still null */
    char *text;           /* the file as it was read */
    char *path;           /* absolute */
    char *folder;         /* where relative paths start: the file's */
    char **roots;         /* code roots, absolute; the first holds the entry */
    size_t root_count;
    char **others; /* further files that were read, absolute */
    size_t other_count;
    size_t other_capacity;
    bool extends; /* another file: `text` does not say all */
};

/* Reads a study file. RT_EUSAGE with "file:line:column: what is wrong; what to do". */
int rt_study_file_read(const char *path, struct rt_study_file *out, struct rt_err *err);

/* The same from memory, for tests and fuzzers; no file is looked at, so
 * that what the study names need not be there. */
int rt_study_file_parse(struct rt_span text, const char *path, struct rt_study_file *out,
                        struct rt_err *err);

/* A key of a study file that an option of the command line stands for. */
struct rt_study_option {
    const char *option; /* "--timeout", for errors */
    const char *key;    /* "limits.timeout"; keys of one mapping stand together */
    const char *value;  /* NULL: not given */
    bool text;          /* whatever it looks like */
};

/* A study of the words of a command line, ended by NULL, as if a file in the current folder said no
 * more: one word "train.py:train" is an entry, anything else a command. `options` (may be NULL)
 * ends with one that has no name. RT_EUSAGE names the option that is wrong. */
int rt_study_file_from_words(char *const *words, const struct rt_study_option *options,
                             struct rt_study_file *out, struct rt_err *err);

/* Appends the study file, in YAML, that says what a plan says: beside its code, which is its
 * folder; and the one that says it in any folder (resolved). */
void rt_study_write(const struct rt_json *plan, struct rt_buf *out);
void rt_study_write_at(const struct rt_study_file *file, const char *folder, struct rt_buf *out);

/* Writes that file. RT_EUSAGE if there is one, or if no file in that folder can say it. */
int rt_study_save(const struct rt_study_file *file, const char *path, struct rt_err *err);

void rt_study_file_clear(struct rt_study_file *file);

/* Whether a plan object that was changed can still be run: rt_plan_new() with RT_EUSAGE. */
int rt_study_check_plan(const struct rt_json *plan, struct rt_err *err);

/* Whether a study may be called so: RT_EUSAGE says what is wrong. */
int rt_study_check_name(const char *name, struct rt_err *err);

/* Applies one `-S` setting of the command line to a plan object: "key=value", "key=a,b,c",
 * "key=0:0.5:0.05" (ends included), "key=uniform(0,1)". One value is a fixed parameter, also of a
 * key that was swept; several are an axis. What is drawn is drawn as often as the plan draws
 * others, else `samples` times. RT_EUSAGE names the setting. */
int rt_study_set(struct rt_json *plan, const char *setting, uint64_t samples, struct rt_err *err);

/* The parts of a setting, for those that change recorded params by it. What stands behind the "=":
 * one value, or an axis without its key; the other one is NULL. RT_EUSAGE. */
int rt_study_setting_values(const char *text, struct rt_json **axis, struct rt_json **value,
                            struct rt_err *err);
int rt_study_setting_key(const char *key, struct rt_err *err); /* RT_EUSAGE if it can be none */
/* Sets a member that a key, dotted or not, names; makes mappings on the way. */
int rt_study_put_param(struct rt_json *params, const char *key, const struct rt_json *value,
                       struct rt_err *err);

/* Changes how often the plan draws. RT_EUSAGE if it draws nothing. */
int rt_study_set_samples(struct rt_json *plan, uint64_t samples, struct rt_err *err);

#endif
