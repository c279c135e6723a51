/* The link in JSON, for interpreters. */
#include "engine/link.h"

#include "base/json.h"
#include "store/report.h"

static int put_value(struct rt_buf *values, const char *name, const struct rt_json *value,
                     struct rt_err *err)
{
    enum rt_json_kind kind = rt_json_kind(value);
    double number = rt_json_number(value);

    if (kind == RT_JSON_BOOL)
        number = rt_json_bool(value);
    else if (kind != RT_JSON_INT && kind != RT_JSON_REAL && !rt_json_special(value, &number))
        return rt_err_set(err, RT_EUSAGE, "the metric \"%s\" of a report is %s, not a number", name,
                          rt_json_kind_name(kind));
    rt_report_put_value(values, rt_span_text(name), number);
    return 0;
}

static int read_step(const struct rt_json *object, int64_t *step, struct rt_err *err)
{
    const struct rt_json *value = rt_json_get(object, "step");

    if (!value || rt_json_kind(value) != RT_JSON_INT || rt_json_int(value) < 0)
        return rt_err_set(err, RT_EUSAGE, "the step of a report is an integer, 0 or more");
    *step = rt_json_int(value);
    return 0;
}

static int report(struct rt_link *link, const struct rt_json *question, struct rt_answer *answer,
                  struct rt_err *err)
{
    const struct rt_json *metrics = rt_json_get(question, "metrics");
    bool wait = rt_json_bool(rt_json_get(question, "wait"));
    struct rt_buf values = RT_BUF_INIT;
    int64_t step;
    int rc = read_step(question, &step, err);

    for (void *at = rt_json_first(metrics); rc == 0 && at; at = rt_json_next(metrics, at))
        rc = put_value(&values, rt_json_iter_key(at), rt_json_iter_value(at), err);
    if (rc == 0)
        rc = rt_link_report(link, step, rt_buf_span(&values), (uint32_t)rt_json_count(metrics),
                            wait, answer, err);
    rt_buf_clear(&values);
    return rc;
}

static void put_answer(struct rt_json *out, const struct rt_answer *answer)
{
    struct rt_json *params = NULL;

    rt_json_set_text(out, "stop", answer->stop ? answer->reason : NULL);
    if (answer->params && rt_json_parse(rt_span_text(answer->params), &params, NULL) < 0)
        params = NULL;
    rt_json_set(out, "params", params ? params : rt_json_new_null());
}

static int keep(struct rt_link *link, const struct rt_json *question, struct rt_err *err)
{
    int64_t step = -1;
    const struct rt_json *given = rt_json_get(question, "step");
    int rc = 0;

    if (given && rt_json_kind(given) != RT_JSON_NULL)
        rc = read_step(question, &step, err);
    return rc < 0 ? rc
                  : rt_link_keep(link, rt_json_get_text(question, "path", ""), step, false, err);
}

static int ask(struct rt_link *link, const struct rt_json *question, struct rt_json *out,
               struct rt_err *err)
{
    struct rt_answer answer = {0};
    const struct rt_json *of;
    const char *path;
    int rc;

    if ((of = rt_json_get(question, "report")) != NULL) {
        if ((rc = report(link, of, &answer, err)) == 0)
            put_answer(out, &answer);
    } else if ((of = rt_json_get(question, "answer")) != NULL) {
        if ((rc = rt_link_answer(link, rt_json_bool(rt_json_get(of, "wait")), &answer, err)) == 0)
            put_answer(out, &answer);
    } else if ((of = rt_json_get(question, "keep")) != NULL) {
        rc = keep(link, of, err);
    } else if (rt_json_get(question, "restore")) {
        if ((rc = rt_link_restore(link, &path, err)) == 0)
            rt_json_set_text(out, "path", path);
    } else {
        rc = rt_err_set(err, RT_EUSAGE, "the trial asked for something unknown");
    }
    return rc;
}

void rt_link_ask_json(struct rt_link *link, struct rt_span question, struct rt_buf *answer)
{
    struct rt_json *out = rt_json_new_object();
    struct rt_json *json = NULL;
    struct rt_err err;

    if (rt_json_parse(question, &json, &err) < 0 || ask(link, json, out, &err) < 0)
        rt_json_set_text(out, "error", err.text);
    rt_json_canonical(out, answer);
    rt_json_free(json);
    rt_json_free(out);
}
