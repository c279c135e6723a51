#include "query/named.h"

#include "base/alloc.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "query/columns.h"
#include "query/template.h"

#include <stdlib.h>
#include <string.h>

#define LISTED 12 /* names that an error gives */

/* What goes into the slots, while it is found out. */
struct fill {
    struct rt_db *db;
    const struct rt_study *study;
    const struct rt_named_options *options;
    const char *text;
    char *by; /* names as the study calls them */
    char *metric;
    char *view;
    char *by_column; /* columns of the view */
    char *metric_column;
    char *realised_column;
    char *varying; /* lists of quoted columns */
    char *metrics;
    char *levels; /* a query */
};

static bool uses(const struct fill *fill, const char *slot)
{
    char *braced = rt_printf("{%s}", slot);
    bool found = strstr(fill->text, braced) != NULL;

    free(braced);
    return found;
}

static void put_names(struct rt_buf *out, char **names)
{
    for (size_t i = 0; names[i]; i++) {
        char clip[RT_UTF8_CLIP];

        if (i == LISTED) {
            rt_buf_add(out, ", ...");
            return;
        }
        rt_buf_printf(out, "%s%s", i ? ", " : "", rt_utf8_clip(names[i], clip));
    }
}

static int no_such(struct fill *fill, const char *kind, const char *name, struct rt_err *err)
{
    const char *called = strcmp(kind, RT_COLUMN_PARAM) == 0 ? "parameter" : "metric";
    struct rt_buf there_is = RT_BUF_INIT;
    char study[RT_UTF8_CLIP];
    char clip[RT_UTF8_CLIP];
    const char *near;
    char **names;
    int rc = rt_columns_names(fill->db, fill->study, kind, &names, err);

    rt_utf8_clip(fill->study->name, study);
    rt_utf8_clip(name, clip);
    near = rt_suggest(name, (const char *const *)names);
    put_names(&there_is, names);
    if (rc == 0 && near)
        rc = rt_err_set(err, RT_ENOTFOUND, "study \"%s\" has no %s \"%s\"; did you mean \"%s\"?",
                        study, called, clip, near);
    else if (rc == 0 && names[0])
        rc = rt_err_set(err, RT_ENOTFOUND, "study \"%s\" has no %s \"%s\"; it has %s", study,
                        called, clip, rt_buf_text(&there_is));
    else if (rc == 0)
        rc = rt_err_set(err, RT_ENOTFOUND, "study \"%s\" has recorded no %s \"%s\" yet", study,
                        called, clip);
    rt_buf_clear(&there_is);
    rt_columns_free(names);
    return rc;
}

/* What the trials may be grouped by: a parameter, a metric, or another column of the view. */
static int find_by(struct fill *fill, struct rt_err *err)
{
    static const char *const kinds[] = {RT_COLUMN_PARAM, RT_COLUMN_METRIC};
    bool has;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < 2 && !fill->by_column; i++)
        rc = rt_columns_find(fill->db, fill->study, kinds[i], fill->by, &fill->by_column, err);
    if (rc < 0 || fill->by_column)
        return rc;
    if ((rc = rt_columns_has(fill->db, fill->study, fill->by, &has, err)) < 0)
        return rc;
    if (!has)
        return no_such(fill, RT_COLUMN_PARAM, fill->by, err);
    fill->by_column = rt_strdup(fill->by);
    return 0;
}

static int choose_by(struct fill *fill, struct rt_err *err)
{
    const struct rt_plan *plan = fill->study->plan;
    char clip[RT_UTF8_CLIP];

    if (fill->options->by)
        fill->by = rt_strdup(fill->options->by);
    else if (plan && rt_plan_axes(plan) > 0)
        fill->by = rt_strdup(rt_plan_axis_key(plan, 0));
    else
        return rt_err_set(err, RT_EUSAGE,
                          "study \"%s\" sweeps no parameter; --by KEY says what to go by",
                          rt_utf8_clip(fill->study->name, clip));
    return find_by(fill, err);
}

static int want_metric(struct fill *fill, char **names, struct rt_err *err)
{
    struct rt_buf there_is = RT_BUF_INIT;
    char clip[RT_UTF8_CLIP];

    rt_utf8_clip(fill->study->name, clip);
    put_names(&there_is, names);
    if (names[0])
        rt_err_set(err, RT_EUSAGE,
                   "study \"%s\" has no objective; --metric NAME names one of its metrics: %s",
                   clip, rt_buf_text(&there_is));
    else
        rt_err_set(err, RT_EUSAGE, "study \"%s\" has neither an objective nor a metric yet", clip);
    rt_buf_clear(&there_is);
    return RT_EUSAGE;
}

/* The one asked for, the objective, or the only one there is. */
static int choose_metric(struct fill *fill, struct rt_err *err)
{
    const struct rt_json *objective = rt_columns_objective(fill->study);
    const char *chosen = fill->options->metric;
    char **names;
    int rc = rt_columns_names(fill->db, fill->study, RT_COLUMN_METRIC, &names, err);

    if (!chosen && objective)
        chosen = rt_json_get_text(objective, "metric", NULL);
    if (!chosen && names[0] && !names[1])
        chosen = names[0];
    if (rc == 0 && !chosen)
        rc = want_metric(fill, names, err);
    if (rc == 0)
        fill->metric = rt_strdup(chosen);
    rt_columns_free(names);
    if (rc < 0 || (rc = rt_columns_find(fill->db, fill->study, RT_COLUMN_METRIC, fill->metric,
                                        &fill->metric_column, err)) < 0)
        return rc;
    return fill->metric_column ? 0 : no_such(fill, RT_COLUMN_METRIC, fill->metric, err);
}

/* The first metric whose name starts with "realised_", if there is one. */
static int guess_realised(struct fill *fill, struct rt_err *err)
{
    static const char start[] = "realised_";
    char **names;
    int rc = rt_columns_names(fill->db, fill->study, RT_COLUMN_METRIC, &names, err);

    for (size_t i = 0; rc == 0 && names[i] && !fill->realised_column; i++) {
        if (strncmp(names[i], start, strlen(start)) == 0)
            rc = rt_columns_find(fill->db, fill->study, RT_COLUMN_METRIC, names[i],
                                 &fill->realised_column, err);
    }
    rt_columns_free(names);
    return rc;
}

static int choose_realised(struct fill *fill, struct rt_err *err)
{
    const char *asked = fill->options->realised;
    char *name = asked ? rt_strdup(asked) : rt_printf("realised_%s", fill->by ? fill->by : "");
    int rc =
        rt_columns_find(fill->db, fill->study, RT_COLUMN_METRIC, name, &fill->realised_column, err);

    if (rc == 0 && !fill->realised_column)
        rc = asked ? no_such(fill, RT_COLUMN_METRIC, asked, err) : guess_realised(fill, err);
    free(name);
    return rc;
}

static int choose_levels(struct fill *fill, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];
    int rc = rt_columns_levels(fill->db, fill->study, fill->view, &fill->levels, err);

    if (rc == 0 && !fill->levels)
        rc = rt_err_set(err, RT_EUSAGE, "no parameter of study \"%s\" varies",
                        rt_utf8_clip(fill->study->name, clip));
    return rc;
}

static int choose(struct fill *fill, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];
    int rc = rt_columns_view(fill->db, fill->study, &fill->view, err);

    if (rc == 0 && !fill->view)
        rc = rt_err_set(err, RT_ENOTFOUND, "the index has nothing of study \"%s\" yet",
                        rt_utf8_clip(fill->study->name, clip));
    if (rc == 0 && uses(fill, "by"))
        rc = choose_by(fill, err);
    if (rc == 0 && uses(fill, "metric"))
        rc = choose_metric(fill, err);
    if (rc == 0 && uses(fill, "realised"))
        rc = choose_realised(fill, err);
    if (rc == 0)
        rc = rt_columns_varying(fill->db, fill->study, &fill->varying, err);
    if (rc == 0 && uses(fill, "levels"))
        rc = choose_levels(fill, err);
    if (rc == 0)
        rc = rt_columns_metrics(fill->db, fill->study, &fill->metrics, err);
    return rc;
}

static bool is_minimized(const struct fill *fill)
{
    const struct rt_json *objective = rt_columns_objective(fill->study);

    if (fill->options->minimize)
        return true;
    return fill->metric && objective &&
           strcmp(rt_json_get_text(objective, "metric", ""), fill->metric) == 0 &&
           strcmp(rt_json_get_text(objective, "goal", ""), "minimize") == 0;
}

static char *quoted(const char *name)
{
    struct rt_buf out = RT_BUF_INIT;

    if (!name)
        return NULL;
    rt_ddl_name(&out, name);
    return rt_buf_take(&out);
}

static char *fill_slots(struct fill *fill)
{
    const char *where = fill->options->where;
    char *attempts = rt_printf("%s.attempts", fill->view);
    char *names[] = {quoted(fill->view),
                     quoted(attempts),
                     rt_printf("trial_%u", (unsigned)fill->study->number),
                     quoted(fill->by_column),
                     quoted(fill->metric_column),
                     quoted(fill->realised_column)};
    const struct rt_ddl_slot slots[] = {{"view", names[0]},
                                        {"attempts", names[1]},
                                        {"trials", names[2]},
                                        {"by", names[3]},
                                        {"metric", names[4]},
                                        {"realised", names[5]},
                                        {"params", fill->varying},
                                        {"metrics", fill->metrics},
                                        {"levels", fill->levels},
                                        {"where", where ? where : "1"},
                                        {"order", is_minimized(fill) ? "ASC" : "DESC"},
                                        {NULL, NULL}};
    char *sql = rt_template_fill(fill->text, slots);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        free(names[i]);
    free(attempts);
    return sql;
}

static void finish(struct fill *fill, struct rt_named_query *query)
{
    query->sql = fill_slots(fill);
    query->title = rt_printf("%s%s%s", fill->metric ? fill->metric : "",
                             fill->by && fill->metric ? " by " : "", fill->by ? fill->by : "");
    query->params[0] = (struct rt_readonly_param){":study", rt_cell_int(fill->study->number)};
    query->param_count = 1;
    if (fill->options->limit > 0)
        query->params[query->param_count++] =
            (struct rt_readonly_param){":limit", rt_cell_int(fill->options->limit)};
}

int rt_named_fill(const struct rt_named *named, struct rt_db *db, const struct rt_study *study,
                  const struct rt_named_options *options, struct rt_named_query *query,
                  struct rt_err *err)
{
    struct fill fill = {.db = db, .study = study, .options = options, .text = named->text};
    int rc;

    memset(query, 0, sizeof *query);
    if ((rc = choose(&fill, err)) == 0)
        finish(&fill, query);
    free(fill.by);
    free(fill.metric);
    free(fill.view);
    free(fill.by_column);
    free(fill.metric_column);
    free(fill.realised_column);
    free(fill.varying);
    free(fill.metrics);
    free(fill.levels);
    return rc;
}
