#include "engine/driver_message.h"

#include "engine/study_own.h"
#include "engine/wire.h"

#include <stdlib.h>
#include <string.h>

#define ID_MAX 256 /* bytes */

static int wrong(struct rt_err *err, const char *what)
{
    return rt_err_set(err, RT_EPEER, "%s", what);
}

static bool is_id(const struct rt_json *id)
{
    const char *text = id ? rt_json_string(id) : NULL;

    return id && (rt_json_kind(id) == RT_JSON_INT || (text && *text && strlen(text) <= ID_MAX));
}

static int check_ids(const struct rt_json *list, struct rt_err *err)
{
    if (!list || rt_json_kind(list) != RT_JSON_ARRAY)
        return wrong(err, "the ids are no list");
    for (size_t i = 0; i < rt_json_count(list); i++) {
        if (!is_id(rt_json_at(list, i)))
            return wrong(err, "an id is neither an integer nor a text of 1 to 256 bytes");
    }
    return 0;
}

/* An integer within bounds, or not there. */
static int check_integer(const struct rt_json *object, const char *name, int64_t min, int64_t max,
                         struct rt_err *err)
{
    const struct rt_json *value = rt_json_get(object, name);

    if (!value || (rt_json_kind(value) == RT_JSON_INT && rt_json_int(value) >= min &&
                   rt_json_int(value) <= max))
        return 0;
    return rt_err_set(err, RT_EPEER, "\"%s\" is not an integer from %lld to %lld", name,
                      (long long)min, (long long)max);
}

static int check_names(const struct rt_json *object, const char *const *known, struct rt_err *err)
{
    for (void *i = rt_json_first(object); i; i = rt_json_next(object, i)) {
        const char *name = rt_json_iter_key(i);
        size_t k = 0;

        while (known[k] && strcmp(known[k], name) != 0)
            k++;
        if (!known[k])
            return rt_err_set(err, RT_EPEER, "there is no member \"%.100s\" here", name);
    }
    return 0;
}

static int check_params(const struct rt_json *params, struct rt_err *err)
{
    if (!params || rt_json_kind(params) != RT_JSON_OBJECT)
        return wrong(err, "a proposal has no \"params\", an object");
    for (void *i = rt_json_first(params); i; i = rt_json_next(params, i)) {
        if (rt_study_check_path(rt_json_iter_key(i), err) < 0) {
            err->code = RT_EPEER;
            return RT_EPEER;
        }
    }
    return 0;
}

static int check_tags(const struct rt_json *tags, struct rt_err *err)
{
    if (tags && rt_json_kind(tags) != RT_JSON_OBJECT)
        return wrong(err, "\"tags\" is no object");
    for (void *i = rt_json_first(tags); i; i = rt_json_next(tags, i)) {
        enum rt_json_kind kind = rt_json_kind(rt_json_iter_value(i));

        if (kind == RT_JSON_ARRAY || kind == RT_JSON_OBJECT)
            return wrong(err, "a tag is neither a text, a number nor a boolean");
    }
    return 0;
}

static int check_item(const struct rt_json *item, struct rt_err *err)
{
    static const char *const names[] = {"id", "params", "tags", "priority", "replicates", NULL};
    int rc;

    if (rt_json_kind(item) != RT_JSON_OBJECT)
        return wrong(err, "a proposal is no object");
    if (!is_id(rt_json_get(item, "id")))
        return wrong(err, "a proposal lacks an \"id\", an integer or a text of 1 to 256 bytes");
    if ((rc = check_names(item, names, err)) < 0 ||
        (rc = check_params(rt_json_get(item, "params"), err)) < 0 ||
        (rc = check_tags(rt_json_get(item, "tags"), err)) < 0 ||
        (rc = check_integer(item, "replicates", 1, RT_DRIVER_REPLICATES_MAX, err)) < 0)
        return rc;
    return check_integer(item, "priority", -RT_DRIVER_PRIORITY_MAX, RT_DRIVER_PRIORITY_MAX, err);
}

static int check_submit(const struct rt_json *message, struct rt_err *err)
{
    const struct rt_json *list = rt_json_get(message, "submit");
    int rc = 0;

    if (rt_json_kind(list) != RT_JSON_ARRAY)
        return wrong(err, "\"submit\" is no list of proposals");
    for (size_t i = 0; rc == 0 && i < rt_json_count(list); i++)
        rc = check_item(rt_json_at(list, i), err);
    return rc;
}

static int check_cancel(const struct rt_json *message, struct rt_err *err)
{
    return check_ids(rt_json_get(message, "cancel"), err);
}

static int check_priority(const struct rt_json *message, struct rt_err *err)
{
    int rc = check_ids(rt_json_get(message, "ids"), err);

    return rc < 0 ? rc
                  : check_integer(message, "priority", -RT_DRIVER_PRIORITY_MAX,
                                  RT_DRIVER_PRIORITY_MAX, err);
}

static int check_ask(const struct rt_json *message, struct rt_err *err)
{
    const char *what = rt_json_get_text(message, "ask", "");

    if (strcmp(what, "capacity") != 0 && strcmp(what, "time") != 0 && strcmp(what, "random") != 0)
        return wrong(err, "\"ask\" is none of \"capacity\", \"time\", \"random\"");
    if (!rt_json_get(message, "n") || rt_json_kind(rt_json_get(message, "n")) != RT_JSON_INT)
        return wrong(err, "\"ask\" lacks \"n\", an integer");
    return 0;
}

static int check_batch(const struct rt_json *message, struct rt_err *err)
{
    return check_integer(message, "batch", 1, 1000000, err);
}

static int check_reports(const struct rt_json *message, struct rt_err *err)
{
    return rt_json_kind(rt_json_get(message, "reports")) == RT_JSON_BOOL
               ? 0
               : wrong(err, "\"reports\" is neither true nor false");
}

static int check_told_params(const struct rt_json *params, struct rt_err *err)
{
    char *text;
    bool fits;

    if (rt_json_kind(params) != RT_JSON_OBJECT)
        return wrong(err, "\"params\" for a trial that runs is no object");
    text = rt_json_text(params);
    fits = strlen(text) <= RT_DRIVER_NEW_PARAMS_MAX;
    free(text);
    return fits ? 0 : wrong(err, "\"params\" for a trial that runs has more than 64 KiB");
}

static int check_told(const struct rt_json *item, struct rt_err *err)
{
    static const char *const names[] = {"trial", "stop", "params", NULL};
    const struct rt_json *stop = rt_json_get(item, "stop");
    const struct rt_json *params = rt_json_get(item, "params");
    const char *why = rt_json_get_text(item, "stop", "");
    int rc;

    if (rt_json_kind(item) != RT_JSON_OBJECT || !rt_json_get_text(item, "trial", NULL))
        return wrong(err, "what is told to a trial lacks \"trial\", its id as reports have it");
    if ((rc = check_names(item, names, err)) < 0)
        return rc;
    if (!stop && !params)
        return wrong(err, "a trial is told neither \"stop\" nor \"params\"");
    if (stop && (!*why || strlen(why) > RT_DRIVER_REASON_MAX))
        return wrong(err, "\"stop\" for a trial is no text of 1 to 200 bytes");
    return params ? check_told_params(params, err) : 0;
}

static int check_tell(const struct rt_json *message, struct rt_err *err)
{
    const struct rt_json *list = rt_json_get(message, "tell");
    int rc = 0;

    if (rt_json_kind(list) != RT_JSON_ARRAY)
        return wrong(err, "\"tell\" is no list");
    for (size_t i = 0; rc == 0 && i < rt_json_count(list); i++)
        rc = check_told(rt_json_at(list, i), err);
    return rc;
}

static int check_save(const struct rt_json *message, struct rt_err *err)
{
    const char *text = rt_json_string(rt_json_get(message, "save"));

    if (!text || strlen(text) > RT_DRIVER_STATE_MAX)
        return wrong(err, "\"save\" is no text of 16 MiB at most");
    return check_integer(message, "told", 0, INT64_MAX, err);
}

static int check_finish(const struct rt_json *message, struct rt_err *err)
{
    char *text = rt_json_text(rt_json_get(message, "finish"));
    bool fits = strlen(text) <= RT_DRIVER_VALUE_MAX;

    free(text);
    return fits ? 0 : wrong(err, "the final value has more than 1 MiB");
}

static const struct verb {
    const char *name;
    const char *beside; /* a member that may stand beside it */
    int (*check)(const struct rt_json *message, struct rt_err *err);
} verbs[] = {
    [RT_DRIVER_SUBMIT] = {"submit", NULL, check_submit},
    [RT_DRIVER_CANCEL] = {"cancel", NULL, check_cancel},
    [RT_DRIVER_PRIORITY] = {"priority", "ids", check_priority},
    [RT_DRIVER_ASK] = {"ask", "n", check_ask},
    [RT_DRIVER_BATCH] = {"batch", NULL, check_batch},
    [RT_DRIVER_REPORTS] = {"reports", NULL, check_reports},
    [RT_DRIVER_TELL] = {"tell", NULL, check_tell},
    [RT_DRIVER_SAVE] = {"save", "told", check_save},
    [RT_DRIVER_FINISH] = {"finish", NULL, check_finish},
};

static int check(const struct rt_json *message, enum rt_driver_verb *verb, struct rt_err *err)
{
    size_t i = 0;
    int rc;

    if (rt_json_kind(message) != RT_JSON_OBJECT)
        return wrong(err, "it is no object");
    while (i < sizeof verbs / sizeof *verbs && !rt_json_get(message, verbs[i].name))
        i++;
    if (i == sizeof verbs / sizeof *verbs)
        return wrong(err,
                     "it says none of submit, cancel, priority, ask, batch, reports, tell, save, "
                     "finish");
    *verb = (enum rt_driver_verb)i;
    rc = check_names(message, (const char *const[]){verbs[i].name, verbs[i].beside, NULL}, err);
    return rc < 0 ? rc : verbs[i].check(message, err);
}

int rt_driver_message(struct rt_span line, struct rt_json **message, enum rt_driver_verb *verb,
                      struct rt_err *err)
{
    int rc = rt_json_parse(line, message, err);

    if (rc < 0)
        return err->code = RT_EPEER;
    if ((rc = check(*message, verb, err)) < 0) {
        rt_json_free(*message);
        *message = NULL;
    }
    return rc;
}

void rt_driver_put_item(struct rt_buf *out, const struct rt_json *item)
{
    struct rt_json *copy = rt_json_new_object();

    for (void *i = rt_json_first(item); i; i = rt_json_next(item, i)) {
        const char *name = rt_json_iter_key(i);
        struct rt_json *value = rt_json_iter_value(i);
        bool usual = (strcmp(name, "priority") == 0 && rt_json_int(value) == 0) ||
                     (strcmp(name, "replicates") == 0 && rt_json_int(value) == 1) ||
                     (strcmp(name, "tags") == 0 && rt_json_count(value) == 0) ||
                     strcmp(name, "replicate") == 0; /* of an event: it was found, not asked for */

        if (!usual)
            rt_json_set(copy, name, rt_json_keep(value));
    }
    rt_json_canonical(copy, out);
    rt_json_free(copy);
}
