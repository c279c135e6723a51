/* `result` of a command: where its metrics are. */
#include "engine/study_own.h"

#include "engine/command_metrics.h"

static struct rt_json *result_of(struct rt_study_reader *reader)
{
    return rt_json_get(rt_json_get(reader->plan, "entry"), "result");
}

static int read_path(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     const char *key, struct rt_err *err)
{
    int rc = rt_study_expect(reader, node, RT_JSON_STRING, "a path such as history.csv", err);

    if (rc == 0 && !node->text[0])
        rc = rt_yaml_error(reader->yaml, node->offset, err, "the path is empty");
    if (rc == 0)
        rt_json_set_text(result_of(reader), key, node->text);
    return rc;
}

static int read_file(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                     struct rt_err *err)
{
    return read_path(reader, node, "file", err);
}

static int read_csv(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                    struct rt_err *err)
{
    return read_path(reader, node, "csv", err);
}

static int read_regex(struct rt_study_reader *reader, const struct rt_yaml_node *node,
                      struct rt_err *err)
{
    struct rt_json *patterns = rt_json_new_object();
    int rc = rt_study_expect(reader, node, RT_JSON_OBJECT,
                             "a mapping such as {val_acc: \"val_acc: ([0-9.]+)\"}", err);

    for (size_t i = 0; rc == 0 && i < node->count; i++) {
        const struct rt_yaml_node *item = &node->items[i];

        if ((rc = rt_study_expect(reader, item, RT_JSON_STRING, "a regular expression", err)) < 0)
            break;
        if ((rc = rt_command_check_pattern(item->text, err)) < 0)
            rc = rt_yaml_error_at(reader->yaml, item->offset, err);
        else
            rt_json_set_text(patterns, item->key, item->text);
    }
    if (rc == 0 && node->count == 0)
        rc = rt_yaml_error(reader->yaml, node->offset, err, "no metric is named");
    if (rc < 0)
        rt_json_free(patterns);
    else
        rt_json_set(result_of(reader), "regex", patterns);
    return rc;
}

int rt_study_read_result(struct rt_study_reader *reader, struct rt_err *err)
{
    static const struct rt_study_field fields[] = {
        {"file", read_file}, {"csv", read_csv}, {"regex", read_regex}, {NULL, NULL}};
    const struct rt_yaml_node *node = reader->result;
    int rc;

    if (!node)
        return 0;
    rt_json_set(rt_json_get(reader->plan, "entry"), "result", rt_json_new_object());
    if ((rc = rt_study_expect(reader, node, RT_JSON_OBJECT,
                              "a mapping with one of file, csv and regex", err)) < 0 ||
        (rc = rt_study_fields(reader, node, fields, err)) < 0)
        return rc;
    if (node->count != 1)
        return rt_yaml_error(reader->yaml, node->offset, err,
                             "a result comes from one place: file, csv or regex");
    return 0;
}
