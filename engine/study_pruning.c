/* The rules by which running trials are stopped. */
#include "engine/study_own.h"

#include "base/suggest.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

static int read_text(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_err *err)
{
    int rc = rt_study_expect(reader, node, RT_JSON_STRING, "the name of a metric", err);

    if (rc == 0 && !node->text[0])
        return rt_yaml_error(reader->yaml, node->offset, err, "the name of the metric is empty");
    if (rc == 0)
        rt_json_set_text(reader->rule, node->key, node->text);
    return rc;
}

static int read_goal(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_err *err)
{
    if (!node->text || (strcmp(node->text, "minimize") != 0 && strcmp(node->text, "maximize") != 0))
        return rt_study_mismatch(reader, node, "\"minimize\" or \"maximize\"", err);
    rt_json_set_text(reader->rule, "goal", node->text);
    return 0;
}

static int read_integer(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        int64_t least, struct rt_err *err)
{
    int64_t value;
    int rc = rt_study_integer(reader, node, least, INT64_C(1) << 53, &value, err);

    if (rc == 0)
        rt_json_set_int(reader->rule, node->key, value);
    return rc;
}

static int read_from_0(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    return read_integer(reader, node, 0, err);
}

static int read_from_1(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    return read_integer(reader, node, 1, err);
}

static int read_from_2(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    return read_integer(reader, node, 2, err);
}

static int read_number(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                       struct rt_err *err)
{
    if (node->kind != RT_JSON_INT && node->kind != RT_JSON_REAL)
        return rt_study_mismatch(reader, node, "a number", err);
    rt_json_set(reader->rule, node->key, rt_json_copy(node->value));
    return 0;
}

static int read_by(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                   struct rt_err *err)
{
    int rc = read_number(reader, node, err);

    if (rc == 0 && rt_json_number(node->value) < 0)
        return rt_study_mismatch(reader, node, "a number, 0 or more", err);
    return rc;
}

/* It was read first of all. */
static int skip_rule(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_err *err)
{
    (void)reader;
    (void)node;
    (void)err;
    return 0;
}

#define COMMON                                                                                     \
    {"rule", skip_rule}, {"metric", read_text},                                                    \
    {                                                                                              \
        "goal", read_goal                                                                          \
    }

static const struct rt_study_field median[] = {
    COMMON, {"after", read_from_1}, {"warmup_steps", read_from_0}, {NULL, NULL}};
static const struct rt_study_field asha[] = {
    COMMON, {"min", read_from_1}, {"factor", read_from_2}, {"max", read_from_1}, {NULL, NULL}};
static const struct rt_study_field threshold[] = {COMMON,
                                                  {"lower", read_number},
                                                  {"upper", read_number},
                                                  {"warmup_steps", read_from_0},
                                                  {NULL, NULL}};
static const struct rt_study_field patience[] = {
    COMMON, {"steps", read_from_1}, {"by", read_by}, {"warmup_steps", read_from_0}, {NULL, NULL}};

static const struct {
    const char *name;
    const struct rt_study_field *fields;
} kinds[] = {
    {"median", median},
    {"asha", asha},
    {"threshold", threshold},
    {"patience", patience},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static int unknown_rule(const struct rt_study_reader *reader, const struct rt_yaml_node *node,
                        struct rt_err *err)
{
    const char *known[KINDS + 1];
    char clip[RT_UTF8_CLIP];
    const char *nearest;

    for (size_t i = 0; i < KINDS; i++)
        known[i] = kinds[i].name;
    known[KINDS] = NULL;
    nearest = rt_suggest(node->text, known);
    rt_utf8_clip(node->text, clip);
    if (nearest)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "unknown rule \"%s\"; did you mean \"%s\"?", clip, nearest);
    return rt_yaml_error(reader->yaml, node->offset, err,
                         "unknown rule \"%s\"; the rules are median, asha, threshold, patience",
                         clip);
}

static int find_kind(struct rt_study_reader *reader, const struct rt_yaml_node *node, size_t *kind,
                     struct rt_err *err)
{
    const struct rt_yaml_node *rule = rt_yaml_get(node, "rule");
    int rc;

    if (!rule)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "the rule has no name; add \"rule\": median, asha, threshold or "
                             "patience");
    if ((rc = rt_study_expect(reader, rule, RT_JSON_STRING, "the name of a rule", err)) < 0)
        return rc;
    for (*kind = 0; *kind < KINDS && strcmp(kinds[*kind].name, rule->text) != 0; ++*kind)
        continue;
    return *kind < KINDS ? 0 : unknown_rule(reader, rule, err);
}

/* Metric and goal are those of the objective where the rule does not say them. */
static int complete(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                    struct rt_err *err)
{
    const struct rt_json *objective = rt_json_get(reader->plan, "objective");
    const char *metric = rt_json_get_text(objective, "metric", NULL);
    const char *named = rt_json_get_text(reader->rule, "metric", NULL);
    const char *kind = rt_json_get_text(reader->rule, "rule", "");

    if (!named && !metric)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "the rule looks at no metric; add \"metric\", or an \"objective\" to "
                             "the study");
    if (!named)
        rt_json_set_text(reader->rule, "metric", metric);
    if (strcmp(kind, "threshold") == 0 || rt_json_get(reader->rule, "goal"))
        return 0;
    if (!metric || (named && strcmp(named, metric) != 0))
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "is less or more of \"%s\" better? add \"goal\": minimize or maximize",
                             named);
    rt_json_set_text(reader->rule, "goal", rt_json_get_text(objective, "goal", "minimize"));
    return 0;
}

static void fill_in(struct rt_json *rule, const char *name, int64_t value)
{
    if (!rt_json_get(rule, name))
        rt_json_set_int(rule, name, value);
}

/* What the file left to the defaults; and what makes no sense together. */
static int check(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                 struct rt_err *err)
{
    const char *kind = rt_json_get_text(reader->rule, "rule", "");
    const struct rt_json *lower = rt_json_get(reader->rule, "lower");
    const struct rt_json *upper = rt_json_get(reader->rule, "upper");
    int64_t max = rt_json_get_int(reader->rule, "max", INT64_MAX);

    if (strcmp(kind, "median") == 0)
        fill_in(reader->rule, "after", 5);
    if (strcmp(kind, "asha") == 0) {
        fill_in(reader->rule, "min", 1);
        fill_in(reader->rule, "factor", 3);
        if (max <= rt_json_get_int(reader->rule, "min", 1))
            return rt_yaml_error(reader->yaml, rt_yaml_get(node, "max")->offset, err,
                                 "max is not above min: no trial would be stopped");
    }
    if (strcmp(kind, "threshold") == 0 && !lower && !upper)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "the threshold has no value; add \"lower\" or \"upper\"");
    if (lower && upper && rt_json_number(lower) > rt_json_number(upper))
        return rt_yaml_error(reader->yaml, rt_yaml_get(node, "lower")->offset, err,
                             "lower is above upper: all trials would be stopped");
    if (strcmp(kind, "patience") == 0 && !rt_json_get(reader->rule, "steps"))
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "how many reports is the patience? add \"steps\"");
    return 0;
}

static int read_rule(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_json *rules, struct rt_err *err)
{
    size_t kind;
    int rc = rt_study_expect(reader, node, RT_JSON_OBJECT,
                             "a rule such as {rule: median, after: 5}, or a list of rules", err);

    if (rc < 0 || (rc = find_kind(reader, node, &kind, err)) < 0)
        return rc;
    reader->rule = rt_json_new_object();
    rt_json_append(rules, reader->rule);
    rt_json_set_text(reader->rule, "rule", kinds[kind].name);
    if ((rc = rt_study_fields(reader, node, kinds[kind].fields, err)) < 0 ||
        (rc = complete(reader, node, err)) < 0)
        return rc;
    return check(reader, node, err);
}

int rt_study_read_pruning(struct rt_study_reader *reader, struct rt_err *err)
{
    const struct rt_yaml_node *node = reader->pruning;
    struct rt_json *pruning;
    struct rt_json *rules;
    int rc = 0;

    if (!node)
        return 0;
    pruning = rt_json_new_object();
    rules = rt_json_new_array();
    rt_json_set(pruning, "rules", rules);
    rt_json_set(reader->plan, "pruning", pruning);
    if (node->kind != RT_JSON_ARRAY)
        return read_rule(reader, node, rules, err);
    if (node->count == 0)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "the list has no rules; remove the key if nothing is to be pruned");
    for (size_t i = 0; rc == 0 && i < node->count; i++)
        rc = read_rule(reader, &node->items[i], rules, err);
    return rc;
}

void rt_study_write_pruning(const struct rt_json *plan, struct rt_buf *out)
{
    const struct rt_json *rules = rt_json_get(rt_json_get(plan, "pruning"), "rules");

    if (rt_json_count(rules) == 0)
        return;
    rt_buf_add(out, "pruning: ");
    rt_json_canonical(rt_json_count(rules) == 1 ? rt_json_at(rules, 0) : rules, out);
    rt_buf_add(out, "\n");
}
