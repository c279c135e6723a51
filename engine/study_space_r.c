/*
 * Parameter sets of R's ParamHelpers, as they stand in files of mlrMBO:
 *
 *     param.set <- makeParamSet(
 *       makeDiscreteParam("batch_size", values = c(16, 32)),
 *       makeIntegerParam("units", lower = 4, upper = 9, trafo = function(x) 2L^x))
 *
 * What stands before and behind the set is passed over.
 */
#include "engine/study_space_file.h"

#include "base/alloc.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "engine/scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const makers[] = {"makeDiscreteParam", "makeIntegerParam", "makeNumericParam",
                                     "makeLogicalParam", NULL};
static const char *const arguments[] = {"id", "values", "lower", "upper", "trafo", NULL};

enum { ID, VALUES, LOWER, UPPER, TRAFO, ARGUMENTS };

/* What arguments without a name are, one after the other. */
static const int positions[][ARGUMENTS] = {
    {ID, VALUES, -1}, {ID, LOWER, UPPER, -1}, {ID, LOWER, UPPER, -1}, {ID, -1}};

/* One call of a maker. */
struct param {
    size_t at;                       /* where its maker stands */
    const int *position;             /* what its next argument without a name is; at last -1 */
    struct rt_json *args[ARGUMENTS]; /* trafo: the base of a power; NULL if not given */
};

static void clear(struct param *param)
{
    for (int i = 0; i < ARGUMENTS; i++)
        rt_json_free(param->args[i]);
}

/* Goes behind the bracket that opens the set. */
static int find_set(struct rt_scan *scan, struct rt_err *err)
{
    while (!rt_scan_end(scan)) {
        char *name = rt_scan_name(scan);
        bool found = name && strcmp(name, "makeParamSet") == 0 && rt_scan_take(scan, '(');
        struct rt_json *text = NULL;
        bool quoted = !name && (rt_scan_peek(scan, '"') || rt_scan_peek(scan, '\''));

        free(name);
        if (found)
            return 0;
        if (quoted && rt_scan_literal(scan, &text, err) < 0)
            return RT_EUSAGE;
        if (!quoted && !name)
            scan->at++;
        rt_json_free(text);
    }
    return rt_scan_error(scan, 0, err,
                         "there is no makeParamSet(...); files that end in .json are read as those "
                         "of a genetic algorithm, all others as R");
}

/* `function(x) 2L^x`: the base. */
static int read_trafo(struct rt_scan *scan, struct rt_json **base, struct rt_err *err)
{
    size_t start = scan->at;
    char *word = rt_scan_name(scan);
    char *of = NULL;
    char *exponent = NULL;
    struct rt_err ignored;
    bool good;

    good = word && strcmp(word, "function") == 0 && rt_scan_take(scan, '(') &&
           (of = rt_scan_name(scan)) != NULL && rt_scan_take(scan, ')') &&
           rt_scan_literal(scan, base, &ignored) == 0 && rt_scan_take(scan, '^') &&
           (exponent = rt_scan_name(scan)) != NULL && strcmp(of, exponent) == 0 &&
           rt_json_number(*base) > 1;
    free(word);
    free(of);
    free(exponent);
    return good ? 0
                : rt_scan_error(scan, start, err,
                                "only powers such as function(x) 2^x are understood as trafo; "
                                "write this parameter into the study file");
}

static int read_value(struct rt_scan *scan, struct param *param, int which, struct rt_err *err)
{
    return which == TRAFO ? read_trafo(scan, &param->args[which], err)
                          : rt_scan_literal(scan, &param->args[which], err);
}

static int read_by_position(struct rt_scan *scan, struct param *param, struct rt_err *err)
{
    while (*param->position >= 0 && param->args[*param->position])
        param->position++;
    if (*param->position < 0)
        return rt_scan_error(scan, scan->at, err, "expected an argument NAME = ...");
    return read_value(scan, param, *param->position++, err);
}

static int read_argument(struct rt_scan *scan, struct param *param, struct rt_err *err)
{
    size_t start = scan->at;
    char *name = rt_scan_name(scan);
    char clip[RT_UTF8_CLIP];
    const char *near;
    int which = 0;
    int rc;

    if (!name || !rt_scan_take(scan, '=')) {
        free(name);
        scan->at = start;
        return read_by_position(scan, param, err);
    }
    while (which < ARGUMENTS && strcmp(arguments[which], name) != 0)
        which++;
    if (which == ARGUMENTS) {
        near = rt_suggest(name, arguments);
        rc = rt_scan_error(scan, start, err, "unknown argument \"%s\"; %s%s%s",
                           rt_utf8_clip(name, clip), near ? "did you mean \"" : "there are ",
                           near ? near : "id, values, lower, upper, trafo", near ? "\"?" : "");
    } else if (param->args[which]) {
        rc = rt_scan_error(scan, start, err, "\"%s\" is there twice", name);
    } else {
        rc = read_value(scan, param, which, err);
    }
    free(name);
    return rc;
}

static int read_call(struct rt_scan *scan, struct param *param, struct rt_err *err)
{
    if (!rt_scan_take(scan, '('))
        return rt_scan_error(scan, scan->at, err, "expected \"(\"");
    while (!rt_scan_take(scan, ')')) {
        rt_scan_space(scan);
        if (read_argument(scan, param, err) < 0)
            return RT_EUSAGE;
        if (!rt_scan_take(scan, ',') && !rt_scan_peek(scan, ')'))
            return rt_scan_error(scan, scan->at, err, "expected a comma or \")\"");
    }
    return 0;
}

/* The choices that an integer and a power make, or the range of their powers. */
static int put_powers(const struct rt_scan *scan, const struct param *param, bool integer,
                      struct rt_json *form, struct rt_err *err)
{
    const struct rt_json *base = param->args[TRAFO];
    double low = rt_json_number(param->args[LOWER]);
    double high = rt_json_number(param->args[UPPER]);
    double of = rt_json_number(base);
    struct rt_json *list = rt_json_new_array();

    rt_json_set(form, integer ? "choice" : "loguniform", list);
    if (!isfinite(pow(of, high)) || pow(of, high) > 9e15 || high - low > 1000 || pow(of, low) <= 0)
        return rt_scan_error(scan, param->at, err,
                             "powers from %g^%g to %g^%g are too many, or "
                             "too far apart",
                             of, low, of, high);
    if (!integer) {
        rt_json_append(list, rt_json_new_real(pow(of, low)));
        rt_json_append(list, rt_json_new_real(pow(of, high)));
        return 0;
    }
    for (int exponent = (int)low; exponent <= (int)high; exponent++) {
        double power = pow(of, exponent);
        bool whole = rt_json_kind(base) == RT_JSON_INT && exponent >= 0;

        rt_json_append(list, whole ? rt_json_new_int((int64_t)power) : rt_json_new_real(power));
    }
    return 0;
}

static int put_range(const struct rt_scan *scan, const struct param *param, bool integer,
                     struct rt_json *form, struct rt_err *err)
{
    struct rt_json *bounds;

    for (int i = LOWER; i <= UPPER; i++) {
        const struct rt_json *bound = param->args[i];
        double value = rt_json_number(bound);

        if (!bound || (rt_json_kind(bound) != RT_JSON_INT && rt_json_kind(bound) != RT_JSON_REAL) ||
            (integer && value != floor(value)))
            return rt_scan_error(scan, param->at, err, "\"%s\" is no %s", arguments[i],
                                 integer ? "integer" : "number");
    }
    if (rt_json_number(param->args[LOWER]) > rt_json_number(param->args[UPPER]))
        return rt_scan_error(scan, param->at, err, "\"upper\" is below \"lower\"");
    if (param->args[TRAFO])
        return put_powers(scan, param, integer, form, err);
    bounds = rt_json_new_array();
    for (int i = LOWER; i <= UPPER; i++) {
        double value = rt_json_number(param->args[i]);

        rt_json_append(bounds, integer ? rt_json_new_int((int64_t)value) : rt_json_new_real(value));
    }
    rt_json_set(form, integer ? "int" : "uniform", bounds);
    rt_study_space_settle(form);
    return 0;
}

static int put_choice(const struct rt_scan *scan, const struct param *param, bool logical,
                      struct rt_json *form, struct rt_err *err)
{
    struct rt_json *values = param->args[VALUES];
    struct rt_json *both;

    if (logical && values)
        return rt_scan_error(scan, param->at, err, "makeLogicalParam has no \"values\"");
    if (logical) {
        both = rt_json_new_array();
        rt_json_append(both, rt_json_new_bool(false));
        rt_json_append(both, rt_json_new_bool(true));
        rt_json_set(form, "choice", both);
        return 0;
    }
    if (rt_json_kind(values) != RT_JSON_ARRAY || rt_json_count(values) == 0)
        return rt_scan_error(scan, param->at, err, "\"values\" is no list such as c(16, 32)");
    rt_json_set(form, "choice", rt_json_keep(values));
    return 0;
}

static int put(const struct rt_scan *scan, const char *maker, const struct param *param,
               struct rt_json *space, struct rt_err *err)
{
    const char *id = rt_json_string(param->args[ID]);
    struct rt_json *form;

    if (!id)
        return rt_scan_error(scan, param->at, err, "the parameter has no name in quotes");
    if (rt_json_get(space, id))
        return rt_scan_error(scan, param->at, err, "the parameter is there twice");
    form = rt_json_new_object();
    rt_json_set(space, id, form);
    if (strcmp(maker, "makeDiscreteParam") == 0 || strcmp(maker, "makeLogicalParam") == 0)
        return put_choice(scan, param, maker[4] == 'L', form, err);
    return put_range(scan, param, strcmp(maker, "makeIntegerParam") == 0, form, err);
}

static int read_param(struct rt_scan *scan, struct rt_json *space, struct rt_err *err)
{
    struct param param = {0};
    char clip[RT_UTF8_CLIP];
    const char *near;
    char *maker;
    size_t known = 0;
    int rc;

    rt_scan_space(scan);
    param.at = scan->at;
    maker = rt_scan_name(scan);
    while (maker && makers[known] && strcmp(makers[known], maker) != 0)
        known++;
    if (!maker) {
        rc = rt_scan_error(scan, param.at, err,
                           "expected a parameter, such as "
                           "makeNumericParam(\"lr\", lower = 0, upper = 0.1)");
    } else if (!makers[known]) {
        near = rt_suggest(maker, makers);
        rc = rt_scan_error(scan, param.at, err, "%s is not understood; %s%s",
                           rt_utf8_clip(maker, clip), near ? "did you mean " : "there are ",
                           near ? near
                                : "makeDiscreteParam, makeIntegerParam, makeNumericParam, "
                                  "makeLogicalParam");
    } else {
        param.position = positions[known];
        rc = read_call(scan, &param, err);
    }
    if (rc == 0)
        rc = put(scan, maker, &param, space, err);
    clear(&param);
    free(maker);
    return rc;
}

int rt_study_space_of_r(const char *path, const char *text, struct rt_json **out,
                        struct rt_err *err)
{
    struct rt_scan scan = {.path = path, .text = text};
    struct rt_json *space = rt_json_new_object();
    int rc = find_set(&scan, err);

    while (rc == 0 && !rt_scan_take(&scan, ')')) {
        if ((rc = read_param(&scan, space, err)) == 0 && !rt_scan_take(&scan, ',') &&
            !rt_scan_peek(&scan, ')'))
            rc = rt_scan_error(&scan, scan.at, err, "expected a comma or \")\"");
    }
    if (rc == 0 && rt_json_count(space) == 0)
        rc = rt_scan_error(&scan, 0, err, "the parameter set is empty");
    if (rc == 0)
        *out = space;
    else
        rt_json_free(space);
    return rc;
}
