#include "cli/verdicts.h"

#include "base/alloc.h"
#include "base/escape.h"
#include "base/fs.h"
#include "cli/ask.h"
#include "cli/output.h"
#include "query/listing.h"
#include "store/metric_name.h"
#include "store/named_study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_PAIRS 5

int rt_verdict_tolerances(char *const *tolerances, char *const *equivalences,
                          struct rt_tolerances *out, struct rt_err *err)
{
    int rc = 0;

    for (; rc == 0 && tolerances && *tolerances; tolerances++)
        rc = rt_tolerances_add(out, *tolerances, err);
    for (; rc == 0 && equivalences && *equivalences; equivalences++)
        rc = rt_tolerances_add_equivalence(out, *equivalences, err);
    return rc;
}

bool rt_verdicts_diverge(const struct rt_verdicts *verdicts)
{
    return verdicts->counts[RT_VERDICT_DIFFERENT] || verdicts->counts[RT_VERDICT_OUTCOME];
}

/* "noise_verify (k3f9ab), verify of noise: 220 IDENTICAL". */
static void put_counts(const struct rt_verdicts *verdicts, struct rt_buf *out)
{
    const struct rt_json *replay = rt_replay_of(verdicts->study);
    const struct rt_json *studies = rt_json_get(replay, "studies");
    bool any = false;

    rt_buf_printf(out, "%s (%s), %s of ", verdicts->study->name, verdicts->study->id,
                  rt_json_get_text(replay, "kind", "replay"));
    for (size_t i = 0; i < rt_json_count(studies); i++)
        rt_buf_printf(out, "%s%s", i ? ", " : "",
                      rt_json_get_text(rt_json_at(studies, i), "name", ""));
    rt_buf_add(out, ":");
    for (int i = 1; i < RT_VERDICTS; i++) {
        if (!verdicts->counts[i])
            continue;
        rt_buf_printf(out, "%s %llu %s", any ? "," : "", (unsigned long long)verdicts->counts[i],
                      rt_verdict_name((enum rt_verdict)i));
        any = true;
    }
    if (verdicts->counts[RT_VERDICT_NONE])
        rt_buf_printf(out, "%s %llu not run yet", any ? "," : "",
                      (unsigned long long)verdicts->counts[RT_VERDICT_NONE]);
}

static void print_line(FILE *to, struct rt_buf *text)
{
    struct rt_buf shown = RT_BUF_INIT;

    rt_escape_line(&shown, rt_buf_span(text));
    fprintf(to, "%s\n", rt_buf_text(&shown));
    rt_buf_clear(&shown);
    rt_buf_reset(text);
}

/* The first pairs that were not what they should be, and how many there are besides. */
static void print_examples(const struct rt_verdicts *verdicts)
{
    struct rt_buf line = RT_BUF_INIT;
    uint64_t all = verdicts->counts[RT_VERDICT_DIFFERENT] + verdicts->counts[RT_VERDICT_OUTCOME] +
                   verdicts->counts[RT_VERDICT_NOT_COMPARABLE];
    struct rt_replay_origin from;
    size_t shown = 0;

    for (size_t i = 0; i < verdicts->count && shown < SHOWN_PAIRS; i++) {
        const struct rt_pair *pair = &verdicts->pairs[i];

        if (pair->verdict <= RT_VERDICT_WITHIN)
            continue;
        shown++;
        from = rt_pair_origin(verdicts, pair);
        rt_buf_printf(&line, "%s: %s.%llu, of %s.%llu: %s", rt_verdict_name(pair->verdict),
                      verdicts->study->id, (unsigned long long)pair->ordinal, from.study,
                      (unsigned long long)from.ordinal, pair->reason ? pair->reason : "");
        print_line(stdout, &line);
    }
    if (all > shown) {
        rt_buf_printf(&line, "... and %llu more; retrial verdict %s --pairs lists all",
                      (unsigned long long)(all - shown), verdicts->study->id);
        print_line(stdout, &line);
    }
    rt_buf_clear(&line);
}

static struct rt_cell number(double value)
{
    return isnan(value) ? rt_cell_text(NULL) : rt_cell_real(value);
}

static int list_differences(const struct rt_verdicts *verdicts, struct rt_err *err)
{
    static const char *const names[] = {"metric",  "n",     "mean",  "sd",    "low", "high",
                                        "largest", "trial", "floor", "bound", "p",   "equivalent"};
    bool tested = false;
    struct rt_listing *listing;
    int rc = 0;

    for (size_t i = 0; i < verdicts->difference_count; i++)
        tested |= !isnan(verdicts->differences[i].bound);
    if (!verdicts->difference_count)
        return 0;
    listing = rt_ask_listing(names, tested ? 12 : 9);
    for (size_t i = 0; rc == 0 && i < verdicts->difference_count; i++) {
        const struct rt_difference *difference = &verdicts->differences[i];
        char *trial = rt_printf("%s.%llu", verdicts->study->id,
                                (unsigned long long)difference->largest_ordinal);
        struct rt_cell cells[] = {rt_cell_text(difference->metric),
                                  rt_cell_int((int64_t)difference->n),
                                  number(difference->mean),
                                  number(difference->sd),
                                  number(difference->low),
                                  number(difference->high),
                                  number(difference->largest),
                                  rt_cell_text(trial),
                                  number(difference->floor),
                                  number(difference->bound),
                                  number(difference->p),
                                  rt_cell_text(isnan(difference->p)     ? NULL
                                               : difference->equivalent ? "yes"
                                                                        : "no")};

        rc = rt_listing_row(listing, cells, err);
        free(trial);
    }
    if (rc == 0)
        rc = rt_listing_end(listing, err);
    rt_listing_free(listing);
    return rc;
}

static int list_pairs(const struct rt_verdicts *verdicts, struct rt_err *err)
{
    static const char *const names[] = {"trial", "origin", "verdict", "reason"};
    struct rt_listing *listing = rt_ask_listing(names, 4);
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < verdicts->count; i++) {
        const struct rt_pair *pair = &verdicts->pairs[i];
        char *trial = rt_printf("%s.%llu", verdicts->study->id, (unsigned long long)pair->ordinal);
        struct rt_replay_origin from = rt_pair_origin(verdicts, pair);
        char *origin = rt_printf("%s.%llu", from.study, (unsigned long long)from.ordinal);
        const char *verdict = rt_verdict_name(pair->verdict);
        struct rt_cell cells[] = {rt_cell_text(trial), rt_cell_text(origin),
                                  rt_cell_text(verdict[0] ? verdict : NULL),
                                  rt_cell_text(pair->reason)};

        rc = rt_listing_row(listing, cells, err);
        free(trial);
        free(origin);
    }
    if (rc == 0)
        rc = rt_listing_end(listing, err);
    rt_listing_free(listing);
    return rc;
}

/* What the verdict was asked for with, or recorded with. */
static const struct rt_json *asked_texts(const struct rt_verdicts *verdicts, const char *key)
{
    const struct rt_json *made_with = rt_json_get(rt_replay_of(verdicts->study), "judge");

    return rt_json_get(verdicts->asked ? verdicts->asked : made_with, key);
}

/* A misspelt metric would let nothing pass, and say nothing. */
static void tell_unknown(const struct rt_verdicts *verdicts, const char *option, const char *key)
{
    const struct rt_json *texts = asked_texts(verdicts, key);

    for (size_t i = 0; verdicts->difference_count && i < rt_json_count(texts); i++) {
        const char *text = rt_json_string(rt_json_at(texts, i));
        const char *end = text ? strrchr(text, '=') : NULL;
        struct rt_span metric = rt_span(text, end ? (size_t)(end - text) : 0);
        struct rt_buf line = RT_BUF_INIT;
        bool known = !end || rt_metric_is_time(metric);

        for (size_t k = 0; !known && k < verdicts->difference_count; k++)
            known = strlen(verdicts->differences[k].metric) == metric.size &&
                    memcmp(verdicts->differences[k].metric, metric.data, metric.size) == 0;
        if (!known) {
            rt_buf_printf(&line, "%s %s: no pair has a number \"%.*s\"", option, text,
                          (int)metric.size, (const char *)metric.data);
            print_line(stderr, &line);
        }
        rt_buf_clear(&line);
    }
}

static bool has_floor(const struct rt_verdicts *verdicts)
{
    for (size_t i = 0; i < verdicts->difference_count; i++) {
        if (!isnan(verdicts->differences[i].floor))
            return true;
    }
    return verdicts->difference_count == 0;
}

/* A floor that nobody has measured lets nothing pass, either. */
static void tell_unmeasured(const struct rt_verdicts *verdicts)
{
    const struct rt_json *texts = asked_texts(verdicts, "tolerances");
    const struct rt_json *studies = rt_json_get(rt_replay_of(verdicts->study), "studies");
    struct rt_buf line = RT_BUF_INIT;

    for (size_t i = 0; !has_floor(verdicts) && i < rt_json_count(texts); i++) {
        const char *text = rt_json_string(rt_json_at(texts, i));
        size_t size = text ? strlen(text) : 0;

        if (size < 5 || strcmp(text + size - 5, "floor") != 0)
            continue;
        rt_buf_printf(&line,
                      "--tol %s: no floor has been measured; \"retrial verify %s -k 10\" does it",
                      text, rt_json_get_text(rt_json_at(studies, 0), "name", ""));
        print_line(stderr, &line);
    }
    rt_buf_clear(&line);
}

int rt_verdicts_print(const struct rt_verdicts *verdicts, bool pairs, struct rt_err *err)
{
    bool table = rt_output_format() == RT_FORMAT_TABLE;
    struct rt_buf text = RT_BUF_INIT;

    put_counts(verdicts, &text);
    print_line(table ? stdout : stderr, &text);
    rt_buf_clear(&text);
    tell_unknown(verdicts, "--tol", "tolerances");
    tell_unknown(verdicts, "--equiv", "equivalences");
    tell_unmeasured(verdicts);
    if (pairs)
        return list_pairs(verdicts, err);
    if (table)
        print_examples(verdicts);
    return list_differences(verdicts, err);
}

int rt_verdicts_index(struct rt_store *store, struct rt_db **index, struct rt_err *err)
{
    char *path = rt_fs_join(rt_store_path(store), "index.sqlite");
    int rc = rt_db_open(path, RT_DB_READ, index, err);

    free(path);
    return rc;
}

/* The launch has recorded what it came to, unless nothing could be. */
static int recall_or_make(struct rt_store *store, struct rt_db *index, const struct rt_study *study,
                          struct rt_verdicts *verdicts, struct rt_err *err)
{
    int rc = rt_verdicts_recall(index, study, SHOWN_PAIRS, verdicts, err);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    rt_verdicts_clear(verdicts);
    return rt_verdicts_make(store, index, study, NULL, verdicts, err);
}

int rt_verdicts_after(const char *store_path, const char *study, bool print,
                      struct rt_verdicts_end *end, struct rt_err *err)
{
    const struct rt_study *found;
    struct rt_verdicts verdicts = {0};
    struct rt_store *store;
    struct rt_db *index = NULL;
    int rc = rt_store_open(store_path, RT_STORE_READ, &store, err);

    *end = (struct rt_verdicts_end){.replay = false};
    if (rc < 0)
        return rc;
    if ((rc = rt_named_study(rt_store_state(store), study, &found, err)) == 0 &&
        rt_replay_of(found) && (rc = rt_verdicts_index(store, &index, err)) == 0 &&
        (rc = recall_or_make(store, index, found, &verdicts, err)) == 0) {
        const char *kind = rt_json_get_text(rt_replay_of(found), "kind", "");

        rc = print ? rt_verdicts_print(&verdicts, false, err) : 0;
        *end = (struct rt_verdicts_end){
            .replay = true,
            .verify = strcmp(kind, "verify") == 0,
            .diverges = rt_verdicts_diverge(&verdicts),
            .pairs = verdicts.trials,
            .incomparable = verdicts.counts[RT_VERDICT_NOT_COMPARABLE],
        };
    }
    rt_verdicts_clear(&verdicts);
    rt_db_close(index);
    rt_store_close(store, rc < 0 ? NULL : err);
    return rc;
}

int rt_verdicts_conclusion(const struct rt_verdicts_end *end, int rc, struct rt_err *err)
{
    if (!end->replay || (rc < 0 && rc != RT_ETRIALS))
        return rc;
    if (end->verify && end->diverges)
        return rt_err_set(err, RT_ECONFLICT, "trials did not come out as they were recorded");
    if (end->incomparable && (end->verify || rc == 0))
        return rt_err_set(err, RT_ETRIALS, "%llu of %llu pairs cannot be compared",
                          (unsigned long long)end->incomparable, (unsigned long long)end->pairs);
    return end->verify ? 0 : rc; /* a failure that was one before is as it should be */
}

/* Unchanged trials that were run again tell how much their metrics vary by themselves. */
static int measure_floor(struct rt_store *store, struct rt_db *index, const struct rt_study *study,
                         struct rt_err *err)
{
    const struct rt_json *replay = rt_replay_of(study);
    int rc;

    if (strcmp(rt_json_get_text(replay, "kind", ""), "verify") != 0 ||
        rt_json_count(rt_json_get(replay, "changes")) ||
        rt_json_get_int(rt_plan_json(study->plan), "replicates", 1) < 2)
        return 0;
    if ((rc = rt_floors_record(store, index, study, err)) < 0 ||
        (rc = rt_store_commit(store, err)) < 0)
        return rc;
    return rt_store_index_level(store, err);
}

int rt_verdicts_conclude(void *context, struct rt_store *store, uint32_t study, struct rt_err *err)
{
    const struct rt_study *found = rt_state_study(rt_store_state(store), study);
    struct rt_verdicts verdicts = {0};
    struct rt_db *index = NULL;
    int rc;

    (void)context;
    if (!found || !rt_replay_of(found))
        return 0;
    if ((rc = rt_store_index_level(store, err)) == 0 &&
        (rc = rt_verdicts_index(store, &index, err)) == 0 &&
        (rc = measure_floor(store, index, found, err)) == 0 &&
        (rc = rt_verdicts_make(store, index, found, NULL, &verdicts, err)) == 0)
        rc = rt_verdicts_record(store, &verdicts, err);
    rt_verdicts_clear(&verdicts);
    rt_db_close(index);
    return rc;
}
