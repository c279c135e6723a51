#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "store/plan.h"

#include <stdlib.h>

/* Where keys belong that people look for elsewhere, and what others call ours. */
static const struct {
    const char *key;
    const char *home;
} homes[] = {
    {"timeout", "limits: {timeout: 60s}"},
    {"retries", "limits: {retries: 1}"},
    {"output", "limits: {output: 1MiB}"},
    {"memory",
     "limits: {memory: 2GiB} for a limit, or each: {memory: 2GiB} for what a trial needs"},
    {"threads", "each: {threads: 1}"},
    {"cpus", "each: {threads: 1}"},
    {"gpus", "each: {gpus: 1}"},
    {"gpu", "each: {gpus: 1}"},
    {"command", "entry: {command: [./train.sh, --lr, \"{lr}\"]}"},
    {"result", "entry: {command: [...], result: ...}"},
    {"function", "entry: model.py:train"},
    {"script", "entry: {command: [./train.sh, --lr, \"{lr}\"]}"},
    {"maximize", "objective: {maximize: METRIC}"},
    {"minimize", "objective: {minimize: METRIC}"},
    {"metric", "objective: {maximize: METRIC}"},
    {"parameters", "params: {epochs: 40}, or sweep: {lr: [0.1, 0.2]}"},
    {"grid", "sweep: {lr: [0.1, 0.2]}"},
    {"zip", "sweep: {zip: {width: [16, 32], lr: [0.1, 0.05]}}"},
    {"when", "sweep: {momentum: {values: [0, 0.9], when: optimizer == sgd}}"},
    {"repeats", "replicates: 3"},
    {"repetitions", "replicates: 3"},
    {"roots", "code: {roots: [.]}"},
    {"ignore", "code: {ignore: [\"*.csv\"]}"},
    {"python", "python: python3.12 beside \"entry\""},
    {"isolation", "isolation: fresh beside \"entry\""},
    {NULL, NULL},
};

static const char *home_of(const char *key)
{
    size_t i = 0;

    while (homes[i].key && strcmp(homes[i].key, key) != 0)
        i++;
    return homes[i].home;
}

static int unknown_key(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       const struct rt_study_field *fields, struct rt_err *err)
{
    const char *known[24];
    struct rt_buf list = RT_BUF_INIT;
    char clip[RT_UTF8_CLIP];
    const char *nearest;
    size_t count = 0;
    int rc;

    for (; fields[count].name && count < 23; count++) {
        known[count] = fields[count].name;
        rt_buf_printf(&list, "%s%s", count ? ", " : "", fields[count].name);
    }
    known[count] = NULL;
    nearest = rt_suggest(node->key, known);
    rt_utf8_clip(node->key, clip);
    if (home_of(node->key) && !nearest)
        rc = rt_yaml_error(reader->yaml, node->key_offset, err,
                           "there is no key \"%s\" here; write %s", clip, home_of(node->key));
    else if (nearest)
        rc = rt_yaml_error(reader->yaml, node->key_offset, err,
                           "unknown key \"%s\"; did you mean \"%s\"?", clip, nearest);
    else
        rc = rt_yaml_error(reader->yaml, node->key_offset, err,
                           "unknown key \"%s\"; the keys here are %s", clip, rt_buf_text(&list));
    rt_buf_clear(&list);
    return rc;
}

int rt_study_fields(struct rt_study_reader *reader, const struct rt_yaml_node *mapping,
                    const struct rt_study_field *fields, struct rt_err *err)
{
    for (size_t i = 0; i < mapping->count; i++) {
        const struct rt_yaml_node *node = &mapping->items[i];
        const struct rt_study_field *field = fields;
        int rc;

        while (field->name && strcmp(field->name, node->key) != 0)
            field++;
        if (!field->name)
            return unknown_key(reader, node, fields, err);
        if ((rc = field->read(reader, node, err)) < 0)
            return rc;
    }
    return 0;
}

int rt_study_mismatch(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                      const char *expected, struct rt_err *err)
{
    const char *kind = rt_json_kind_name(node->kind);
    char clip[RT_UTF8_CLIP];

    if (node->kind == RT_JSON_NULL)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "expected %s, found nothing; give a value, or remove the key",
                             expected);
    if (!node->text)
        return rt_yaml_error(reader->yaml, node->offset, err, "expected %s, found %s%s", expected,
                             kind, node->count ? "" : " without anything in it");
    return rt_yaml_error(reader->yaml, node->offset, err, "expected %s, found %s: %s", expected,
                         kind, rt_utf8_clip(node->text, clip));
}

int rt_study_expect(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                    enum rt_json_kind kind, const char *expected, struct rt_err *err)
{
    return node->kind == kind ? 0 : rt_study_mismatch(reader, node, expected, err);
}

int rt_study_integer(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     int64_t min, int64_t max, int64_t *value, struct rt_err *err)
{
    char *expected = rt_printf("an integer from %lld to %lld", (long long)min, (long long)max);
    int rc = 0;

    *value = node->kind == RT_JSON_INT ? rt_json_int(node->value) : min - 1;
    if (*value < min || *value > max)
        rc = rt_study_mismatch(reader, node, expected, err);
    free(expected);
    return rc;
}

static bool has_control(const char *text)
{
    struct rt_span rest = rt_span_text(text);
    uint32_t c;

    for (size_t size; (size = rt_utf8_next(rest, &c)) > 0;
         rest = rt_span((const char *)rest.data + size, rest.size - size)) {
        bool bidi = c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                    (c >= 0x2066 && c <= 0x2069);

        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || bidi)
            return true;
    }
    return rest.size > 0;
}

/* A study's name is a view in the index, and part of file names. */
int rt_study_check_name(const char *name, struct rt_err *err)
{
    size_t size = strlen(name);
    char clip[RT_UTF8_CLIP];
    const char *why = NULL;

    rt_utf8_clip(name, clip);
    if (size == 0)
        return rt_err_set(err, RT_EUSAGE, "the name of the study is empty");
    if (has_control(name))
        return rt_err_set(err, RT_EUSAGE, "the name of the study contains control characters");
    if (size > 100)
        why = "is longer than 100 bytes";
    else if (strpbrk(name, "/\\\"'`*?<>|:"))
        why = "contains one of / \\ \" ' ` * ? < > | :";
    else if (strchr(".- ", name[0]) || name[size - 1] == ' ')
        why = "starts with a dot, a dash or a space, or ends with a space";
    else if (strncasecmp(name, "sqlite_", 7) == 0)
        why = "starts with sqlite_";
    if (why)
        return rt_err_set(err, RT_EUSAGE, "the name \"%s\" %s; choose another one", clip, why);
    return 0;
}

int rt_study_check_key(const char *key, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];

    if (!key[0])
        return rt_err_set(err, RT_EUSAGE, "the name of the parameter is empty");
    if (has_control(key))
        return rt_err_set(err, RT_EUSAGE, "the name of the parameter contains control characters");
    rt_utf8_clip(key, clip);
    if (strlen(key) > 200)
        return rt_err_set(err, RT_EUSAGE, "the name \"%s\" is longer than 200 bytes", clip);
    if (strcmp(key, "$float") == 0)
        return rt_err_set(err, RT_EUSAGE,
                          "the name \"$float\" stands for NaN and infinities; "
                          "choose another one");
    return 0;
}

int rt_study_check_path(const char *path, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];
    size_t parts = 0;
    int rc = 0;

    for (const char *part = path; part && rc == 0; parts++) {
        const char *dot = strchr(part, '.');
        char *name = rt_strndup(part, dot ? (size_t)(dot - part) : strlen(part));

        rc = rt_study_check_key(name, err);
        part = dot ? dot + 1 : NULL;
        free(name);
    }
    if (rc == 0 && parts > RT_YAML_DEPTH_MAX)
        rc = rt_err_set(err, RT_EUSAGE, "the name \"%s\" has too many dots",
                        rt_utf8_clip(path, clip));
    return rc;
}

/* Groups stand together: a number that is not the last one is another group's. */
static void number_groups(struct rt_json *axes)
{
    int64_t known = -1;
    int64_t next = -1;

    for (size_t i = 0; i < rt_json_count(axes); i++) {
        struct rt_json *axis = rt_json_at(axes, i);
        int64_t group = rt_json_get_int(axis, "zip", -1);

        if (group < 0)
            continue;
        next += group != known;
        known = group;
        if (group != next)
            rt_json_set_int(axis, "zip", next);
    }
}

static bool has_any(const struct rt_json *object, const char *const *members)
{
    for (; *members; members++) {
        if (rt_json_get(object, *members))
            return true;
    }
    return false;
}

/* The lowest format that has all that a plan uses: docs/plan.md, "since". */
static int64_t format_of(const struct rt_json *plan)
{
    static const char *const of_axes[] = {"scale", "zip", "sample", "when", NULL};
    static const char *const of_plan[] = {"isolation", "inputs", "code_ignore", NULL};
    static const char *const of_limits[] = {"memory_bytes", NULL};
    static const char *const of_each[] = {"memory_bytes", "gpus_permille", NULL};
    const struct rt_json *axes = rt_json_get(plan, "axes");

    if (rt_json_get(plan, "pruning"))
        return 6;
    if (rt_json_get(plan, "driver") || rt_json_get(plan, "space"))
        return 5;
    if (has_any(plan, of_plan) || has_any(rt_json_get(plan, "limits"), of_limits) ||
        has_any(rt_json_get(plan, "each"), of_each))
        return 3;
    for (size_t i = 0; i < rt_json_count(axes); i++) {
        if (has_any(rt_json_at(axes, i), of_axes))
            return 2;
    }
    return 1;
}

void rt_study_settle(struct rt_json *plan)
{
    number_groups(rt_json_get(plan, "axes"));
    rt_json_set_int(plan, "format", format_of(plan));
}

int rt_study_check_plan(const struct rt_json *json, struct rt_err *err)
{
    struct rt_plan *plan;
    int rc = rt_plan_new(json, &plan, err);

    rt_plan_free(plan);
    if (rc < 0 && err)
        err->code = RT_EUSAGE;
    return rc < 0 ? RT_EUSAGE : 0;
}
