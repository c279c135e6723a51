#include "replay/bisect.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/accept.h"
#include "query/about_plan.h"
#include "replay/obstacle.h"
#include "store/code_commit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sql.h"

/* The plan of the first of the picks. */
static int first_plan(struct rt_store *store, struct rt_db *index, const struct rt_picks *picks,
                      struct rt_about_plan *from, struct rt_err *err)
{
    return rt_about_plan_find(store, index, picks->items[0].study, picks->items[0].ordinal, from,
                              err);
}

static int code_of(struct rt_store *store, struct rt_db *index, const struct rt_pick *pick,
                   char code[RT_HASH_HEX], struct rt_err *err)
{
    struct rt_about_plan from = {0};
    int rc = rt_about_plan_find(store, index, pick->study, pick->ordinal, &from, err);

    if (rc == 0)
        snprintf(code, RT_HASH_HEX, "%s", rt_json_get_text(rt_plan_json(from.plan), "code", ""));
    rt_about_plan_clear(&from);
    return rc;
}

int rt_bisect_common_code(struct rt_store *store, struct rt_db *index, const struct rt_picks *picks,
                          struct rt_json **record, struct rt_err *err)
{
    char first[RT_HASH_HEX];
    char code[RT_HASH_HEX];
    int rc;

    if ((rc = code_of(store, index, &picks->items[0], first, err)) < 0)
        return rc;
    for (size_t i = 1; i < picks->count; i++) {
        if ((rc = code_of(store, index, &picks->items[i], code, err)) < 0)
            return rc;
        if (strcmp(code, first) != 0)
            return rt_err_set(err, RT_EUSAGE,
                              "%s.%llu and %s.%llu ran with different code (%.12s and %.12s); "
                              "choose trials of one code state, with --code",
                              picks->items[0].study->id,
                              (unsigned long long)picks->items[0].ordinal,
                              picks->items[i].study->id,
                              (unsigned long long)picks->items[i].ordinal, first, code);
    }
    return rt_about_code(index, first, record, err);
}

static int is_known(struct rt_db *index, const char *hex, bool *known, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(index, rt_sql_ask_code_known, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_text(stmt, ":code", hex);
    if ((rc = rt_stmt_step(stmt, err)) > 0)
        *known = rt_stmt_get_int(stmt, 0) > 0;
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

/* Texts that a request borrows, ended by NULL. */
struct texts {
    char **items;
    size_t count;
};

static void add_text(struct texts *texts, const char *text)
{
    texts->items = rt_realloc(texts->items, (texts->count + 1) * sizeof *texts->items);
    texts->items[texts->count++] = rt_strdup(text);
}

static void clear_texts(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
    free(texts->items);
}

/* Study files are no code. */
static int find_sources(struct rt_db *index, const struct rt_study *study, struct texts *sources,
                        struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(index, rt_sql_ask_source_paths, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", study->number);
    while ((rc = rt_stmt_step(stmt, err)) > 0)
        add_text(sources, rt_stmt_get_text(stmt, 0));
    rt_stmt_free(stmt);
    return rc;
}

static int append_code(struct rt_store *store, struct rt_db *index, const struct rt_hash *code,
                       const struct rt_json *record, struct rt_err *err)
{
    char hex[RT_HASH_HEX];
    bool known = false;
    int rc = is_known(index, rt_hash_hex(code, hex), &known, err);

    if (rc < 0 || known)
        return rc;
    return rt_accept_json(store, RT_EVENT_CODE, record, err);
}

int rt_bisect_take_code(struct rt_store *store, struct rt_db *index, const struct rt_picks *picks,
                        const struct rt_json *record, const char *revision, struct rt_hash *code,
                        struct rt_err *err)
{
    char *repository = rt_fs_join(rt_store_path(store), "code.git");
    struct rt_about_plan from = {0};
    struct texts sources = {NULL, 0};
    struct texts ignore = {NULL, 0};
    struct rt_json *taken = NULL;
    int rc;

    if ((rc = first_plan(store, index, picks, &from, err)) == 0 &&
        (rc = find_sources(index, picks->items[0].study, &sources, err)) == 0) {
        const struct rt_json *patterns = rt_json_get(rt_plan_json(from.plan), "code_ignore");
        struct rt_code_commit_request request = {
            .repository = repository, .like = record, .revision = revision};

        for (size_t i = 0; patterns && i < rt_json_count(patterns); i++)
            add_text(&ignore, rt_json_string(rt_json_at(patterns, i)));
        request.leave_out = (const char *const *)sources.items;
        request.leave_out_count = sources.count;
        request.ignore = (const char *const *)ignore.items;
        request.ignore_count = ignore.count;
        if ((rc = rt_code_commit(&request, code, &taken, err)) == 0)
            rc = append_code(store, index, code, taken, err);
    }
    rt_json_free(taken);
    clear_texts(&sources);
    clear_texts(&ignore);
    rt_about_plan_clear(&from);
    free(repository);
    return rc;
}

/* Records the one plan that there is to be, or why it cannot be run. */
static int record_plan(struct rt_store *store, struct rt_db *index, struct rt_replay_plans *plans,
                       struct rt_bisect_look *look, struct rt_err *err)
{
    char *why = rt_obstacle_find(store, index, &plans->items[0]);
    int rc = 0;

    if (why)
        snprintf(look->why, sizeof look->why, "%s", why);
    else if ((rc = rt_replay_plans_record(store, plans, err)) == 0)
        snprintf(look->study, sizeof look->study, "%s",
                 rt_state_study(rt_store_state(store), plans->items[0].study)->id);
    free(why);
    return rc;
}

int rt_bisect_record(struct rt_store *store, struct rt_db *index, const struct rt_picks *picks,
                     const char *revision, struct rt_bisect_look *look, struct rt_err *err)
{
    struct rt_replay_request request = {.kind = "bisect", .count = picks->count, .repeats = 1};
    struct rt_replay_plans plans = {NULL, 0};
    char *change = rt_printf("code %s", revision);
    int rc;

    request.items = rt_calloc(picks->count, sizeof *request.items);
    for (size_t i = 0; i < picks->count; i++)
        request.items[i] = (struct rt_replay_item){.origin = picks->items[i], .code = &look->code};
    request.changes = rt_json_new_array();
    rt_json_append(request.changes, rt_json_new_string(change));
    if ((rc = rt_replay_plans_make(store, index, &request, &plans, err)) == 0) {
        if (plans.count > 1)
            rc = rt_err_set(err, RT_EUSAGE,
                            "the trials differ in entry, inputs, interpreter or threads, and "
                            "cannot be replayed together: choose trials of one study");
        else
            rc = record_plan(store, index, &plans, look, err);
    }
    rt_replay_plans_clear(&plans);
    rt_json_free(request.changes);
    free(request.items);
    free(change);
    return rc;
}

static enum rt_bisect_class classify(const uint64_t counts[RT_VERDICTS])
{
    uint64_t same = counts[RT_VERDICT_IDENTICAL] + counts[RT_VERDICT_WITHIN];
    uint64_t different = counts[RT_VERDICT_DIFFERENT];
    uint64_t broken = counts[RT_VERDICT_OUTCOME];

    if (same + different + broken == 0)
        return RT_BISECT_NONE;
    if (same + different == 0)
        return RT_BISECT_BROKEN;
    if (different + broken)
        return RT_BISECT_DIFFERENT;
    return counts[RT_VERDICT_NONE] ? RT_BISECT_NONE : RT_BISECT_SAME; /* some have not ended */
}

int rt_bisect_judge(struct rt_store *store, struct rt_db *index,
                    const struct rt_tolerances *tolerances, struct rt_bisect_look *look,
                    struct rt_err *err)
{
    const struct rt_study *study = rt_state_study_by_id(rt_store_state(store), look->study);
    struct rt_verdicts verdicts = {.study = NULL};
    int rc;

    if (!study)
        return rt_err_set(err, RT_EINTERNAL, "the replay \"%s\" is gone", look->study);
    if ((rc = rt_verdicts_make(store, index, study, tolerances, &verdicts, err)) == 0) {
        memcpy(look->counts, verdicts.counts, sizeof look->counts);
        look->class = classify(look->counts);
    }
    rt_verdicts_clear(&verdicts);
    return rc;
}

const char *rt_bisect_word(const struct rt_bisect_look *look)
{
    switch (look->class) {
    case RT_BISECT_SAME:
        return rt_verdict_name(look->counts[RT_VERDICT_WITHIN] ? RT_VERDICT_WITHIN
                                                               : RT_VERDICT_IDENTICAL);
    case RT_BISECT_DIFFERENT:
        return rt_verdict_name(RT_VERDICT_DIFFERENT);
    case RT_BISECT_BROKEN:
        return rt_verdict_name(RT_VERDICT_OUTCOME);
    default:
        return rt_verdict_name(RT_VERDICT_NOT_COMPARABLE);
    }
}
