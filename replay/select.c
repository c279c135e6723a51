#include "replay/select.h"

#include "base/alloc.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "query/columns.h"
#include "query/resolve.h"
#include "replay/replay.h"
#include "store/index_ddl.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

struct selecting {
    struct rt_store *store;
    struct rt_db *index;
    const struct rt_selection *selection;
    struct rt_picks *picks;
    char *outcomes; /* as a condition; NULL: any */
    char **codes;   /* code states that are meant, ended by NULL; or NULL */
};

void rt_picks_add(struct rt_picks *picks, const struct rt_study *study, uint64_t ordinal)
{
    picks->items = rt_grow(picks->items, &picks->capacity, picks->count + 1, sizeof *picks->items);
    picks->items[picks->count++] = (struct rt_pick){study, ordinal};
}

void rt_picks_clear(struct rt_picks *picks)
{
    free(picks->items);
    memset(picks, 0, sizeof *picks);
}

/* "outcome IN ('failed', 'crashed')". */
static int read_outcomes(struct selecting *selecting, struct rt_err *err)
{
    char *copy = rt_strdup(selecting->selection->outcome);
    struct rt_buf list = RT_BUF_INIT;
    char *rest = copy;
    char *word;
    int rc = 0;

    while (rc == 0 && (word = strsep(&rest, ",")) != NULL) {
        enum rt_outcome outcome;

        if (rt_outcome_from_name(word, &outcome) < 0)
            rc =
                rt_err_set(err, RT_EUSAGE,
                           "--outcome takes ok, failed, crashed, timeout, pruned, skipped or lost, "
                           "with commas between, not \"%s\"",
                           word);
        rt_buf_add(&list, list.size ? ", " : "outcome IN (");
        rt_ddl_text(&list, word);
    }
    rt_buf_add(&list, ")");
    if (rc == 0)
        selecting->outcomes = rt_strdup(rt_buf_text(&list));
    rt_buf_clear(&list);
    free(copy);
    return rc;
}

static int read_codes(struct selecting *selecting, struct rt_err *err)
{
    const char *prefix = selecting->selection->code;
    struct rt_stmt *stmt;
    size_t capacity = 0;
    size_t count = 0;
    int rc = rt_db_prepare(selecting->index, rt_sql_ask_codes_like, &stmt, NULL, err);

    if (rc < 0)
        return rc;
    rt_stmt_text(stmt, ":prefix", prefix);
    selecting->codes = rt_grow(NULL, &capacity, 1, sizeof(char *));
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        selecting->codes = rt_grow(selecting->codes, &capacity, count + 2, sizeof(char *));
        selecting->codes[count++] = rt_strdup(rt_stmt_get_text(stmt, 0));
    }
    selecting->codes[count] = NULL;
    rt_stmt_free(stmt);
    if (rc == 0 && !count)
        rc = rt_err_set(err, RT_ENOTFOUND, "no recorded code state or commit begins with \"%s\"",
                        prefix);
    return rc;
}

static bool ran_code(const struct selecting *selecting, const struct rt_study *study,
                     uint64_t ordinal)
{
    const struct rt_plan *plan;
    const char *code;
    uint64_t index;

    if (!selecting->codes)
        return true;
    plan = rt_study_plan_of(study, ordinal, &index);
    code = plan ? rt_json_get_text(rt_plan_json(plan), "code", "") : "";
    for (size_t i = 0; selecting->codes[i]; i++) {
        if (strcmp(selecting->codes[i], code) == 0)
            return true;
    }
    return false;
}

/* The condition of the user in brackets: what is behind a comment must not vanish. */
static char *condition(const struct selecting *selecting, uint64_t ordinal)
{
    struct rt_buf where = RT_BUF_INIT;
    const char *given = selecting->selection->where;
    char *text;

    rt_buf_add(&where, selecting->outcomes ? selecting->outcomes : "1");
    if (ordinal)
        rt_buf_printf(&where, " AND ordinal = %llu", (unsigned long long)ordinal);
    if (given)
        rt_buf_printf(&where, " AND (%s\n)", given);
    text = rt_strdup(rt_buf_text(&where));
    rt_buf_clear(&where);
    return text;
}

/* "-val_acc" first, as SQL orders. */
static int best_order(const struct selecting *selecting, const struct rt_study *study, char **order,
                      struct rt_err *err)
{
    const struct rt_json *objective = rt_columns_objective(study);
    const char *metric = rt_json_get_text(objective, "metric", NULL);
    struct rt_buf text = RT_BUF_INIT;
    char *column = NULL;
    int rc;

    if (!metric)
        return rt_err_set(err, RT_EUSAGE, "--best: study \"%s\" has no objective", study->name);
    if ((rc = rt_columns_find(selecting->index, study, RT_COLUMN_METRIC, metric, &column, err)) < 0)
        return rc;
    if (!column)
        return rt_err_set(err, RT_EUSAGE, "--best: no trial of \"%s\" has its objective, \"%s\"",
                          study->name, metric);
    rt_ddl_name(&text, column);
    *order = rt_printf("%s IS NULL, %s %s, ordinal", rt_buf_text(&text), rt_buf_text(&text),
                       strcmp(rt_json_get_text(objective, "goal", ""), "maximize") == 0 ? "DESC"
                                                                                        : "ASC");
    rt_buf_clear(&text);
    free(column);
    return 0;
}

/* Retired trials have no columns of params to be asked by; ids and code reach them. */
static int make_sql(const struct selecting *selecting, const struct rt_study *study,
                    uint64_t ordinal, char **sql, struct rt_err *err)
{
    const struct rt_selection *selection = selecting->selection;
    bool retired = !selection->where && !selection->best && (ordinal || selecting->codes);
    char *where = condition(selecting, ordinal);
    char *trials = rt_printf("trial_%u", (unsigned)study->number);
    struct rt_buf name = RT_BUF_INIT;
    char *view = NULL;
    char *order = NULL;
    int rc = rt_columns_view(selecting->index, study, &view, err);

    if (rc == 0 && selection->best)
        rc = best_order(selecting, study, &order, err);
    if (rc == 0) {
        rt_ddl_name(&name, view ? view : study->name);
        const struct rt_ddl_slot slots[] = {{"trials", trials},
                                            {"view", rt_buf_text(&name)},
                                            {"where", where},
                                            {"order", order ? order : "ordinal"},
                                            {NULL, NULL}};

        *sql = rt_ddl_fill(retired ? rt_sql_ask_selected_retired : rt_sql_ask_selected, slots);
    }
    rt_buf_clear(&name);
    free(order);
    free(view);
    free(trials);
    free(where);
    return rc;
}

static int by_ordinal(const void *a, const void *b)
{
    uint64_t x = ((const struct rt_pick *)a)->ordinal;
    uint64_t y = ((const struct rt_pick *)b)->ordinal;

    return x < y ? -1 : x > y;
}

/* Of a study all, or one trial. */
static int select_from(struct selecting *selecting, const struct rt_study *study, uint64_t ordinal,
                       struct rt_err *err)
{
    struct rt_picks *picks = selecting->picks;
    size_t first = picks->count;
    uint64_t best = selecting->selection->best;
    struct rt_stmt *stmt = NULL;
    char *sql = NULL;
    int rc = make_sql(selecting, study, ordinal, &sql, err);

    if (rc == 0 && (rc = rt_db_prepare(selecting->index, sql, &stmt, NULL, err)) < 0)
        rt_err_while(err, "--where \"%s\", asking study \"%s\"",
                     selecting->selection->where ? selecting->selection->where : "", study->name);
    while (rc >= 0 && (!best || picks->count - first < best) &&
           (rc = rt_stmt_step(stmt, err)) > 0) {
        uint64_t found = (uint64_t)rt_stmt_get_int(stmt, 0);

        if (ran_code(selecting, study, found))
            rt_picks_add(picks, study, found);
    }
    rt_stmt_free(stmt);
    free(sql);
    if (rc >= 0 && picks->count > first)
        rt_sort(picks->items + first, picks->count - first, sizeof *picks->items, by_ordinal);
    return rc < 0 ? rc : 0;
}

/* Only ids and code reach what the current plan does not have any more. */
static int count_retired(struct selecting *selecting, const struct rt_study *study,
                         struct rt_err *err)
{
    const struct rt_selection *selection = selecting->selection;
    char *trials = rt_printf("trial_%u", (unsigned)study->number);
    struct rt_stmt *stmt = NULL;
    char *sql;
    int rc;

    if (study->ordinals == study->planned ||
        (selecting->codes && !selection->where && !selection->best)) {
        free(trials);
        return 0;
    }
    sql = rt_ddl_fill(rt_sql_ask_retired_of,
                      (const struct rt_ddl_slot[]){{"trials", trials}, {NULL, NULL}});
    rc = rt_db_prepare(selecting->index, sql, &stmt, NULL, err);
    if (rc == 0 && (rc = rt_stmt_step(stmt, err)) > 0)
        selecting->picks->retired += (uint64_t)rt_stmt_get_int(stmt, 0);
    rt_stmt_free(stmt);
    free(sql);
    free(trials);
    return rc < 0 ? rc : 0;
}

static int select_named(struct selecting *selecting, const char *name, struct rt_err *err)
{
    const struct rt_study *study;
    size_t before = selecting->picks->count;
    uint64_t ordinal;
    int rc = rt_resolve(rt_store_state(selecting->store), name, &study, &ordinal, err);

    if (rc < 0)
        return rc;
    if (!study->plan)
        return rt_err_set(err, RT_ENOTFOUND, "study \"%s\" has no plan", study->name);
    if ((rc = select_from(selecting, study, ordinal, err)) < 0)
        return rc;
    if (!ordinal) {
        selecting->picks->waiting += rt_study_unfinished(study);
        return count_retired(selecting, study, err);
    }
    if (selecting->picks->count == before &&
        rt_state_trial(study, ordinal).outcome == RT_OUTCOME_NONE)
        selecting->picks->waiting++;
    return 0;
}

/* Replays are selected from by name. */
static int find_only_study(const struct rt_state *state, const struct rt_study **study,
                           struct rt_err *err)
{
    size_t count = 0;

    for (uint32_t i = 1; i <= rt_state_studies(state); i++) {
        const struct rt_study *each = rt_state_study(state, i);

        if (!each || rt_replay_of(each))
            continue;
        *study = each;
        count++;
    }
    if (count == 1)
        return 0;
    if (!count)
        return rt_err_set(err, RT_ENOTFOUND,
                          rt_state_studies(state) ? "there are only replays: name one"
                                                  : "there is no study in this store");
    return rt_err_set(err, RT_EUSAGE,
                      "there are %zu studies: name one, or trials such as %s.1; \"retrial\" "
                      "lists them",
                      count, (*study)->id);
}

static int select_only_study(struct selecting *selecting, struct rt_err *err)
{
    const struct rt_study *study;
    int rc = find_only_study(rt_store_state(selecting->store), &study, err);

    return rc < 0 ? rc : select_named(selecting, study->id, err);
}

static int by_trial(const void *a, const void *b)
{
    const struct rt_pick *x = a;
    const struct rt_pick *y = b;

    if (x->study->number != y->study->number)
        return x->study->number < y->study->number ? -1 : 1;
    return by_ordinal(a, b);
}

/* A trial that was named twice is one. */
static void drop_repeated(struct rt_picks *picks)
{
    size_t kept = 0;

    if (picks->count)
        rt_sort(picks->items, picks->count, sizeof *picks->items, by_trial);
    for (size_t i = 0; i < picks->count; i++) {
        if (!kept || by_trial(&picks->items[kept - 1], &picks->items[i]) != 0)
            picks->items[kept++] = picks->items[i];
    }
    picks->count = kept;
}

struct lot {
    uint64_t number;
    size_t item;
};

static int by_number(const void *a, const void *b)
{
    uint64_t x = ((const struct lot *)a)->number;
    uint64_t y = ((const struct lot *)b)->number;

    return x < y ? -1 : x > y;
}

static int by_item(const void *a, const void *b)
{
    size_t x = ((const struct lot *)a)->item;
    size_t y = ((const struct lot *)b)->item;

    return x < y ? -1 : x > y;
}

static uint64_t lot_of(const struct rt_pick *pick)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_hash hash;
    uint64_t number;

    rt_buf_add(&text, "retrial selection");
    rt_buf_put_u8(&text, 0);
    rt_buf_add(&text, pick->study->id);
    rt_buf_put_u8(&text, 0);
    rt_buf_put_u64(&text, pick->ordinal);
    hash = rt_hash(rt_buf_span(&text));
    rt_buf_clear(&text);
    memcpy(&number, hash.bytes, sizeof number);
    return number;
}

/* Lots are hashes: the same trials each time, whatever else is in the store. */
static void draw_sample(struct rt_picks *picks, uint64_t size)
{
    struct lot *lots = rt_calloc(picks->count, sizeof *lots);

    for (size_t i = 0; i < picks->count; i++)
        lots[i] = (struct lot){lot_of(&picks->items[i]), i};
    qsort(lots, picks->count, sizeof *lots, by_number);
    qsort(lots, (size_t)size, sizeof *lots, by_item);
    for (size_t i = 0; i < size; i++)
        picks->items[i] = picks->items[lots[i].item];
    picks->count = (size_t)size;
    free(lots);
}

int rt_select(struct rt_store *store, struct rt_db *index, const struct rt_selection *selection,
              struct rt_picks *picks, struct rt_err *err)
{
    struct selecting selecting = {store, index, selection, picks, NULL, NULL};
    char *const *names = selection->names;
    int rc = 0;

    memset(picks, 0, sizeof *picks);
    if (selection->outcome)
        rc = read_outcomes(&selecting, err);
    if (rc == 0 && selection->code)
        rc = read_codes(&selecting, err);
    if (rc == 0 && (!names || !names[0]))
        rc = select_only_study(&selecting, err);
    for (; rc == 0 && names && *names; names++)
        rc = select_named(&selecting, *names, err);
    if (rc == 0 && selection->names && selection->names[0] && selection->names[1])
        drop_repeated(picks);
    if (rc == 0 && selection->sample && selection->sample < picks->count)
        draw_sample(picks, selection->sample);
    for (size_t i = 0; selecting.codes && selecting.codes[i]; i++)
        free(selecting.codes[i]);
    free(selecting.codes);
    free(selecting.outcomes);
    return rc;
}

static int add_name(const struct rt_state *state, const char *name, struct rt_json *names,
                    struct rt_err *err)
{
    const struct rt_study *study;
    uint64_t ordinal;
    int rc = rt_resolve(state, name, &study, &ordinal, err);
    char *id;

    if (rc < 0)
        return rc;
    id = rt_printf("%s.%llu", study->id, (unsigned long long)ordinal);
    rt_json_append(names, rt_json_new_string(id));
    free(id);
    return 0;
}

int rt_selection_json(const struct rt_state *state, const struct rt_selection *selection,
                      struct rt_json **out, struct rt_err *err)
{
    struct rt_json *names = rt_json_new_array();
    const struct rt_study *only;
    int rc = 0;

    for (char *const *name = selection->names; rc == 0 && name && *name; name++)
        rc = add_name(state, *name, names, err);
    if (rc == 0 && !rt_json_count(names) && (rc = find_only_study(state, &only, err)) == 0)
        rc = add_name(state, only->id, names, err);
    *out = rt_json_new_object();
    rt_json_set(*out, "names", names);
    rt_json_set_text(*out, "where", selection->where);
    rt_json_set_text(*out, "outcome", selection->outcome);
    rt_json_set_text(*out, "code", selection->code);
    rt_json_set_int(*out, "best", (int64_t)selection->best);
    rt_json_set_int(*out, "sample", (int64_t)selection->sample);
    if (rc < 0) {
        rt_json_free(*out);
        *out = NULL;
    }
    return rc;
}
