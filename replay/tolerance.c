#include "replay/tolerance.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void clear_list(struct rt_tolerance *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(items[i].text);
        free(items[i].metric);
    }
    free(items);
}

void rt_tolerances_clear(struct rt_tolerances *tolerances)
{
    clear_list(tolerances->items, tolerances->count);
    clear_list(tolerances->equivalences, tolerances->equivalence_count);
    for (size_t i = 0; i < tolerances->floor_count; i++) {
        free(tolerances->floors[i].study);
        free(tolerances->floors[i].metric);
    }
    free(tolerances->floors);
    memset(tolerances, 0, sizeof *tolerances);
}

/* A number from 0 on, all of text up to a comma or the end. */
static const char *read_number(const char *text, double *out)
{
    char *end;

    *out = strtod(text, &end);
    return end == text || !isfinite(*out) || *out < 0 || (*end && *end != ',') ? NULL : end;
}

static bool read_numbers(const char *text, struct rt_tolerance *tolerance)
{
    const char *end = read_number(text, &tolerance->absolute);

    if (end && *end)
        end = read_number(end + 1, &tolerance->relative);
    return end && !*end;
}

static bool read(const char *text, struct rt_tolerance *tolerance)
{
    const char *equals = strrchr(text, '=');

    *tolerance = (struct rt_tolerance){.text = rt_strdup(text)};
    if (equals && equals > text)
        tolerance->metric = rt_strndup(text, (size_t)(equals - text));
    if (equals)
        text = equals + 1;
    tolerance->floor = strcmp(text, "floor") == 0;
    return tolerance->floor || read_numbers(text, tolerance);
}

int rt_tolerances_add(struct rt_tolerances *tolerances, const char *text, struct rt_err *err)
{
    struct rt_tolerance tolerance;

    if (!read(text, &tolerance)) {
        free(tolerance.text);
        free(tolerance.metric);
        return rt_err_set(err, RT_EUSAGE,
                          "--tol takes METRIC=ABSOLUTE, METRIC=ABSOLUTE,RELATIVE, both without "
                          "METRIC for all, or floor, not \"%s\"",
                          text);
    }
    tolerances->items = rt_grow(tolerances->items, &tolerances->capacity, tolerances->count + 1,
                                sizeof *tolerances->items);
    tolerances->items[tolerances->count++] = tolerance;
    return 0;
}

int rt_tolerances_add_equivalence(struct rt_tolerances *tolerances, const char *text,
                                  struct rt_err *err)
{
    struct rt_tolerance tolerance;

    if (!read(text, &tolerance) || !tolerance.metric || tolerance.floor ||
        tolerance.absolute <= 0 || tolerance.relative > 0) {
        free(tolerance.text);
        free(tolerance.metric);
        return rt_err_set(err, RT_EUSAGE,
                          "--equiv takes METRIC=DELTA with a DELTA over 0, not \"%s\"", text);
    }
    tolerances->equivalences =
        rt_grow(tolerances->equivalences, &tolerances->equivalence_capacity,
                tolerances->equivalence_count + 1, sizeof *tolerances->equivalences);
    tolerances->equivalences[tolerances->equivalence_count++] = tolerance;
    return 0;
}

void rt_tolerances_add_floor(struct rt_tolerances *tolerances, const char *study,
                             const char *metric, double value)
{
    tolerances->floors = rt_grow(tolerances->floors, &tolerances->floor_capacity,
                                 tolerances->floor_count + 1, sizeof *tolerances->floors);
    tolerances->floors[tolerances->floor_count++] =
        (struct rt_floor){rt_strdup(study), rt_strdup(metric), value};
}

static bool is_metric(const char *name, struct rt_span metric)
{
    return strlen(name) == metric.size && memcmp(name, metric.data, metric.size) == 0;
}

double rt_tolerances_floor(const struct rt_tolerances *tolerances, const char *study,
                           struct rt_span metric)
{
    for (size_t i = 0; i < tolerances->floor_count; i++) {
        const struct rt_floor *floor = &tolerances->floors[i];

        if (strcmp(floor->study, study) == 0 && is_metric(floor->metric, metric))
            return floor->value;
    }
    return NAN;
}

double rt_tolerances_bound(const struct rt_tolerances *tolerances, struct rt_span metric)
{
    for (size_t i = tolerances->equivalence_count; i-- > 0;) {
        if (is_metric(tolerances->equivalences[i].metric, metric))
            return tolerances->equivalences[i].absolute;
    }
    return NAN;
}

static double allow(const struct rt_tolerances *tolerances, const struct rt_tolerance *tolerance,
                    const char *study, struct rt_span metric, double original)
{
    double most = fmax(tolerance->absolute, tolerance->relative * fabs(original));

    /* Without a floor, "floor" allows nothing. */
    if (tolerance->floor) {
        double floor = rt_tolerances_floor(tolerances, study, metric);

        return isnan(floor) ? -1 : floor;
    }
    return most;
}

double rt_tolerances_allow(const struct rt_tolerances *tolerances, const char *study,
                           struct rt_span metric, double original, bool *named)
{
    double own = -1;
    double general = -1;
    bool has_own = false;

    for (size_t i = 0; i < tolerances->count; i++) {
        const struct rt_tolerance *tolerance = &tolerances->items[i];
        double most;

        if (tolerance->metric && !is_metric(tolerance->metric, metric))
            continue;
        most = allow(tolerances, tolerance, study, metric, original);
        if (tolerance->metric) {
            has_own = true;
            own = fmax(own, most);
        } else {
            general = fmax(general, most);
        }
    }
    if (named)
        *named = has_own;
    return has_own ? own : general;
}

static struct rt_json *texts(const struct rt_tolerance *items, size_t count)
{
    struct rt_json *list = rt_json_new_array();

    for (size_t i = 0; i < count; i++)
        rt_json_append(list, rt_json_new_string(items[i].text));
    return list;
}

struct rt_json *rt_tolerances_json(const struct rt_tolerances *tolerances)
{
    struct rt_json *json = rt_json_new_object();

    rt_json_set(json, "tolerances", texts(tolerances->items, tolerances->count));
    rt_json_set(json, "equivalences",
                texts(tolerances->equivalences, tolerances->equivalence_count));
    return json;
}

int rt_tolerances_take(struct rt_tolerances *tolerances, const struct rt_json *json,
                       struct rt_err *err)
{
    const struct rt_json *list = rt_json_get(json, "tolerances");
    const struct rt_json *equivalences = rt_json_get(json, "equivalences");
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < rt_json_count(list); i++)
        rc = rt_tolerances_add(tolerances, rt_json_string(rt_json_at(list, i)), err);
    for (size_t i = 0; rc == 0 && i < rt_json_count(equivalences); i++)
        rc = rt_tolerances_add_equivalence(tolerances, rt_json_string(rt_json_at(equivalences, i)),
                                           err);
    return rc;
}
