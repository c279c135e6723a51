#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "engine/condition.h"
#include "engine/range.h"
#include "engine/scalar.h"

#include <ctype.h>
#include <stdlib.h>

/* What one setting says: an axis, or a value if axis is NULL. */
struct setting {
    char *key;
    struct rt_json *axis;
    struct rt_json *value;
};

static void setting_clear(struct setting *setting)
{
    free(setting->key);
    rt_json_free(setting->axis);
    rt_json_free(setting->value);
}

/* The end of the first value of a list: the next comma that is in no quotes or brackets. */
static const char *end_of_value(const char *at)
{
    size_t depth = 0;
    char quote = 0;

    for (; *at; at++) {
        if (quote) {
            if (quote == '"' && *at == '\\' && at[1])
                at++;
            else if (*at == quote)
                quote = 0;
        } else if (*at == '"' || *at == '\'') {
            quote = *at;
        } else if (*at == '[' || *at == '{') {
            depth++;
        } else if (*at == ']' || *at == '}') {
            depth -= depth > 0;
        } else if (*at == ',' && depth == 0) {
            break;
        }
    }
    return at;
}

static char *trimmed(const char *start, const char *end)
{
    while (start < end && isspace((unsigned char)*start))
        start++;
    while (end > start && isspace((unsigned char)end[-1]))
        end--;
    return rt_strndup(start, (size_t)(end - start));
}

static size_t count_values(const char *values)
{
    size_t count = 1;

    for (values = end_of_value(values); *values; values = end_of_value(values + 1))
        count++;
    return count;
}

/* "loguniform(1e-4,1e-1)" would otherwise be taken for two texts. */
static bool is_call(const char *text)
{
    size_t word = strspn(text, "abcdefghijklmnopqrstuvwxyz_");

    return word > 0 && text[word] == '(';
}

/* "0:0.5", which lacks its step. */
static bool is_half_range(const char *text)
{
    const char *colon = strchr(text, ':');
    char *whole = rt_printf("%s:1", text);
    struct rt_range range;
    bool half = colon && !strchr(colon + 1, ':') && rt_range_parse(whole, &range);

    free(whole);
    return half;
}

/* Words that could be mistaken for something else. */
static int check_word(const char *word, bool alone, struct rt_err *err)
{
    struct rt_range range;
    char clip[RT_UTF8_CLIP];

    rt_utf8_clip(word, clip);
    if (!word[0])
        return rt_err_set(err, RT_EUSAGE,
                          "a value is missing; write \"\" for an empty text, or "
                          "null for nothing");
    if (is_call(word))
        return rt_err_set(
            err, RT_EUSAGE,
            "\"%s\" looks like a distribution; to draw a parameter, write KEY=uniform(0,1), "
            "loguniform(1e-5,1e-1), int(16,512) or choice(relu,tanh), or quotes within "
            "quotes if a text is meant",
            clip);
    if (is_half_range(word))
        return rt_err_set(err, RT_EUSAGE,
                          "\"%s\" looks like a range without its step; write %s:STEP, or quotes "
                          "within quotes if a text is meant",
                          clip, clip);
    if (!alone && rt_range_parse(word, &range))
        return rt_err_set(err, RT_EUSAGE, "give either a range or a list, not both");
    return 0;
}

/* Appends a value as YAML. What starts with a bracket or a quote is YAML already; all else is one
 * word, whatever characters it has. */
static int put_value(const char *value, bool alone, struct rt_buf *yaml, struct rt_err *err)
{
    struct rt_json *json = NULL;
    int rc;

    if (value[0] == '[' || value[0] == '{' || value[0] == '"' || value[0] == '\'') {
        rt_buf_add(yaml, value);
        return 0;
    }
    if ((rc = check_word(value, alone, err)) < 0 || (rc = rt_scalar_parse(value, &json, err)) < 0)
        return rc;
    if (rt_json_kind(json) == RT_JSON_STRING)
        rt_json_canonical(json, yaml);
    else
        rt_buf_add(yaml, value);
    rt_json_free(json);
    return 0;
}

static int make_yaml(const char *values, struct rt_buf *yaml, struct rt_err *err)
{
    bool alone = *end_of_value(values) == '\0';
    const char *end;
    int rc = 0;

    rt_buf_add(yaml, "[");
    do {
        char *value;

        end = end_of_value(values);
        value = trimmed(values, end);
        rc = put_value(value, alone, yaml, err);
        rt_buf_add(yaml, *end ? ", " : "]");
        free(value);
        values = end + 1;
    } while (rc == 0 && *end);
    return rc;
}

/* Reads a list, or the one value in it. */
static int read_list(const char *values, struct setting *setting, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_study_reader reader = {.on_disk = false};
    struct rt_yaml *yaml = NULL;
    const struct rt_yaml_node *list;
    int rc;

    if ((rc = make_yaml(values, &text, err)) < 0 ||
        (rc = rt_yaml_parse(rt_buf_span(&text), NULL, false, &yaml, err)) < 0)
        goto out;
    reader.yaml = yaml;
    list = rt_yaml_root(yaml);
    if (list->kind != RT_JSON_ARRAY || list->count != count_values(values))
        rc = rt_err_set(err, RT_EUSAGE, "the brackets or quotes do not match");
    else if (list->count == 1)
        rc = rt_study_value(&reader, &list->items[0], &setting->value, err);
    else
        rc = rt_study_list(&reader, list, &setting->axis, err);
out:
    rt_yaml_free(yaml);
    rt_buf_clear(&text);
    return rc;
}

/* "loguniform(1e-4,1e-1)", as in "sample" of a study file. */
static bool is_distribution(const char *text)
{
    char *name = rt_strndup(text, strcspn(text, "("));
    bool yes = is_call(text) && rt_study_is_distribution(name) && text[strlen(text) - 1] == ')';

    free(name);
    return yes;
}

/* "0,0.9 when optimizer == sgd": the condition, or NULL if there is none. */
static const char *find_condition(const char *text)
{
    struct rt_condition condition;
    const char *when = NULL;
    bool good;

    for (const char *at = text; (at = strstr(at, " when ")) != NULL; at++)
        when = at;
    if (!when)
        return NULL;
    good = rt_condition_parse(when + strlen(" when "), &condition, NULL) == 0;
    rt_condition_clear(&condition);
    return good ? when + strlen(" when ") : NULL;
}

/* Under a condition one value is swept, too: where the condition is not met, it is not there. */
static void set_condition(struct setting *setting, const char *condition)
{
    struct rt_json *when = rt_json_new_array();

    if (setting->value) {
        struct rt_json *values = rt_json_new_array();

        rt_json_append(values, setting->value);
        setting->value = NULL;
        setting->axis = rt_json_new_object();
        rt_json_set(setting->axis, "values", values);
    }
    rt_json_append(when, rt_json_new_string(condition));
    rt_json_set(setting->axis, "when", when);
}

/* Reads what stands behind the equals sign. */
static int read_values(const char *text, struct setting *setting, struct rt_err *err)
{
    const char *condition = find_condition(text);
    char *values = trimmed(text, condition ? condition - strlen(" when ") : text + strlen(text));
    struct rt_range range;
    int rc;

    if (is_distribution(values) && condition)
        rc = rt_err_set(err, RT_EUSAGE, "what is drawn has no condition");
    else if (is_distribution(values))
        rc = rt_study_read_call(values, &setting->axis, err);
    else if (rt_range_parse(values, &range))
        rc = rt_range_axis(&range, &setting->axis, err);
    else
        rc = read_list(values, setting, err);
    if (rc == 0 && condition)
        set_condition(setting, condition);
    free(values);
    return rc;
}

static int read_setting(const char *text, struct setting *setting, struct rt_err *err)
{
    const char *equals = strchr(text, '=');
    int rc;

    if (!rt_utf8_valid(rt_span_text(text), NULL))
        return rt_err_set(err, RT_EUSAGE, "it is not UTF-8");
    if (!equals)
        return rt_err_set(err, RT_EUSAGE, "there is no \"=\"; write KEY=VALUE");
    if (equals > text && strchr("+*", equals[-1]))
        return rt_err_set(err, RT_EUSAGE,
                          "\"%c=\" changes recorded trials, and there are none; write KEY=VALUE",
                          equals[-1]);
    setting->key = trimmed(text, equals);
    if ((rc = rt_study_check_path(setting->key, err)) < 0)
        return rc;
    return read_values(equals + 1, setting, err);
}

int rt_study_setting_values(const char *text, struct rt_json **axis, struct rt_json **value,
                            struct rt_err *err)
{
    struct setting setting = {NULL, NULL, NULL};
    int rc = read_values(text, &setting, err);

    if (rc == 0 && setting.axis && rt_json_get(setting.axis, "when"))
        rc = rt_err_set(err, RT_EUSAGE, "a change has no condition");
    if (rc < 0) {
        setting_clear(&setting);
        setting = (struct setting){NULL, NULL, NULL};
    }
    *axis = setting.axis;
    *value = setting.value;
    return rc;
}

int rt_study_setting_key(const char *key, struct rt_err *err)
{
    return rt_study_check_path(key, err);
}

int rt_study_put_param(struct rt_json *params, const char *key, const struct rt_json *value,
                       struct rt_err *err)
{
    const char *rest = key;

    for (const char *dot; (dot = strchr(rest, '.')) != NULL; rest = dot + 1) {
        char *name = rt_strndup(rest, (size_t)(dot - rest));

        if (!rt_json_get(params, name))
            rt_json_set(params, name, rt_json_new_object());
        params = rt_json_get(params, name);
        free(name);
        if (rt_json_kind(params) != RT_JSON_OBJECT)
            return rt_err_set(err, RT_EUSAGE, "\"%.*s\" is %s and has no members", (int)(dot - key),
                              key, rt_json_kind_name(rt_json_kind(params)));
    }
    rt_json_set(params, rest, rt_json_copy(value));
    return 0;
}

/* Puts the setting into the plan; on failure the plan stays as it was. */
static int apply(struct rt_json *plan, struct setting *setting, uint64_t samples,
                 struct rt_err *err)
{
    struct rt_json *old_params = rt_json_keep(rt_json_get(plan, "params"));
    struct rt_json *old_axes = rt_json_keep(rt_json_get(plan, "axes"));
    struct rt_json *params = rt_json_copy(old_params);
    struct rt_json *sources = rt_study_collapse(old_axes);
    struct rt_json *axes = rt_json_new_array();
    int rc = rt_study_change_axes(sources, setting->key, setting->axis, samples, axes, err);

    if (rc == 0 && setting->value)
        rc = rt_study_put_param(params, setting->key, setting->value, err);
    rt_json_set(plan, "params", params);
    rt_json_set(plan, "axes", axes);
    rt_json_free(sources);
    if (rc == 0)
        rc = rt_study_expand(plan, NULL, err);
    rt_study_settle(plan);
    if (rc == 0)
        rc = rt_study_check_plan(plan, err);
    if (rc == 0) {
        rt_json_free(old_params);
        rt_json_free(old_axes);
        return 0;
    }
    rt_json_set(plan, "params", old_params);
    rt_json_set(plan, "axes", old_axes);
    rt_study_settle(plan);
    return rc;
}

/* What varies is a driver's to say: a setting is of what its trials share. */
static int check_driven(const struct rt_json *plan, const struct setting *setting,
                        struct rt_err *err)
{
    if (!rt_json_get(plan, "driver"))
        return 0;
    if (setting->axis)
        return rt_err_set(err, RT_EUSAGE,
                          "a driver proposes what varies, and -S gives all trials one value, such "
                          "as %s=1; what it may propose stands under \"space\"",
                          setting->key);
    if (rt_json_get(rt_json_get(plan, "space"), setting->key))
        return rt_err_set(err, RT_EUSAGE,
                          "the driver proposes \"%s\": it stands under \"space\", and -S is for "
                          "what all trials share",
                          setting->key);
    return 0;
}

int rt_study_set(struct rt_json *plan, const char *text, uint64_t samples, struct rt_err *err)
{
    struct setting setting = {NULL, NULL, NULL};
    char clip[RT_UTF8_CLIP];
    int rc = read_setting(text, &setting, err);

    if (rc == 0)
        rc = check_driven(plan, &setting, err);
    if (rc == 0)
        rc = apply(plan, &setting, samples, err);
    setting_clear(&setting);
    if (rc < 0)
        return rt_err_while(err, "setting \"%s\"", rt_utf8_clip(text, clip));
    return 0;
}
