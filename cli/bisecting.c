#include "cli/bisecting.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "replay/bisection.h"
#include "replay/depends.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A store that is open for one step, with its index. */
struct open {
    struct rt_store *store;
    struct rt_db *index;
    struct rt_picks picks;
};

static int open_store(struct open *open, const struct rt_bisecting *bisecting, const char *path,
                      bool write, struct rt_err *err)
{
    char *index = rt_fs_join(path, "index.sqlite");
    int rc;

    memset(open, 0, sizeof *open);
    if ((rc = rt_store_open(path, write ? RT_STORE_WRITE : RT_STORE_READ, &open->store, err)) ==
        0) {
        rc = write ? rt_store_index_level(open->store, err) : 0;
        rc = rc < 0 ? rc : rt_db_open(index, RT_DB_READ, &open->index, err);
    }
    for (size_t i = 0; rc == 0 && i < bisecting->count; i++)
        rt_picks_add(&open->picks,
                     rt_state_study(rt_store_state(open->store), bisecting->trials[i].study),
                     bisecting->trials[i].ordinal);
    free(index);
    return rc;
}

static int close_store(struct open *open, int rc, struct rt_err *err)
{
    struct rt_err closing = {0};
    int closed = 0;

    rt_db_close(open->index);
    rt_picks_clear(&open->picks);
    if (open->store)
        closed = rt_store_close(open->store, &closing);
    if (rc == 0 && closed < 0) {
        *err = closing;
        rc = closed;
    }
    return rc;
}

int rt_bisecting_choose(struct rt_bisecting *bisecting, struct rt_store *store, struct rt_db *index,
                        const struct rt_picks *picks, struct rt_err *err)
{
    const struct rt_plan *plan = picks->items[0].study->plan;

    bisecting->trials = rt_calloc(picks->count, sizeof *bisecting->trials);
    bisecting->count = picks->count;
    bisecting->keys = rt_json_new_array();
    for (size_t i = 0; i < picks->count; i++)
        bisecting->trials[i] =
            (struct number){picks->items[i].study->number, picks->items[i].ordinal};
    for (size_t i = 0; i < rt_plan_axes(plan); i++)
        rt_json_append(bisecting->keys, rt_json_new_string(rt_plan_axis_key(plan, i)));
    return rt_bisect_common_code(store, index, picks, &bisecting->record, err);
}

/* A commit that has the code of one that was looked at needs no look. */
static bool is_looked_at(const struct rt_bisecting *bisecting, struct rt_bisect_look *look)
{
    for (size_t i = 0; i < bisecting->history.count; i++) {
        if (bisecting->looked[i] && rt_hash_equal(&bisecting->looks[i].code, &look->code)) {
            *look = bisecting->looks[i];
            return true;
        }
    }
    return false;
}

/* *run: there is something to run. */
static int record(struct rt_bisecting *bisecting, const char *path, size_t commit, bool *run,
                  struct rt_err *err)
{
    const char *revision = bisecting->history.items[commit].commit;
    struct rt_bisect_look *look = &bisecting->looks[commit];
    struct open open;
    int rc = open_store(&open, bisecting, path, true, err);

    *run = false;
    if (rc == 0 &&
        (rc = rt_bisect_take_code(open.store, open.index, &open.picks, bisecting->record, revision,
                                  &look->code, err)) == 0 &&
        !is_looked_at(bisecting, look)) {
        rc = rt_bisect_record(open.store, open.index, &open.picks, revision, look, err);
        *run = rc == 0 && !look->why[0];
        if (look->why[0])
            look->counts[RT_VERDICT_NOT_COMPARABLE] = bisecting->count;
    }
    return close_store(&open, rc, err);
}

static int judge(struct rt_bisecting *bisecting, const char *path, size_t commit,
                 struct rt_err *err)
{
    struct open open;
    int rc = open_store(&open, bisecting, path, false, err);

    if (rc == 0)
        rc = rt_bisect_judge(open.store, open.index, &bisecting->tolerances,
                             &bisecting->looks[commit], err);
    return close_store(&open, rc, err);
}

/* What does not run cannot be judged, which is no failure of the search. */
static int run_commit(struct rt_bisecting *bisecting, const char *path, size_t commit,
                      struct rt_err *err)
{
    struct rt_bisect_look *look = &bisecting->looks[commit];
    int rc = rt_child_resume(path, look->study, &bisecting->child, err);

    bisecting->runs++;
    if (rc == 0)
        return judge(bisecting, path, commit, err);
    if (rc == RT_EINTERRUPTED || rc == RT_EIO || rc == RT_EDAMAGED || rc == RT_ELOCKED)
        return rc;
    look->counts[RT_VERDICT_NOT_COMPARABLE] = bisecting->count;
    return 0;
}

static int look_at(struct rt_bisecting *bisecting, const char *path, size_t commit,
                   struct rt_err *err)
{
    bool run;
    int rc;

    if (bisecting->looked[commit])
        return 0;
    rc = record(bisecting, path, commit, &run, err);
    if (rc < 0)
        return rt_err_while(err, "replaying commit %.12s", bisecting->history.items[commit].commit);
    if (run && (rc = run_commit(bisecting, path, commit, err)) < 0)
        return rc;
    bisecting->looked[commit] = true;
    if (bisecting->told)
        bisecting->told(bisecting->context, &bisecting->history.items[commit],
                        &bisecting->looks[commit]);
    return 0;
}

static int look_at_ends(struct rt_bisecting *bisecting, const char *path, struct rt_err *err)
{
    const size_t ends[2] = {0, bisecting->history.count - 1};
    int rc;

    for (size_t i = 0; i < 2; i++) {
        if ((rc = look_at(bisecting, path, ends[i], err)) < 0)
            return rc;
        if (bisecting->looks[ends[i]].class == RT_BISECT_NONE)
            return rt_err_set(err, RT_ECONFLICT, "at commit %.12s no trial can be compared%s%s",
                              bisecting->history.items[ends[i]].commit,
                              bisecting->looks[ends[i]].why[0]
                                  ? ": "
                                  : "; \"retrial replay\" with --code says why",
                              bisecting->looks[ends[i]].why);
    }
    if (bisecting->looks[ends[0]].class == bisecting->looks[ends[1]].class)
        return rt_err_set(err, RT_ECONFLICT,
                          "the verdict is %s at both ends, %.12s and %.12s: no commit between them "
                          "changed it",
                          rt_bisect_word(&bisecting->looks[ends[0]]),
                          bisecting->history.items[ends[0]].commit,
                          bisecting->history.items[ends[1]].commit);
    return 0;
}

static enum rt_bisected judged(const struct rt_bisecting *bisecting, size_t commit)
{
    enum rt_bisect_class class = bisecting->looks[commit].class;

    if (class == bisecting->looks[0].class)
        return RT_BISECT_GOOD;
    return class == bisecting->looks[bisecting->history.count - 1].class ? RT_BISECT_BAD
                                                                         : RT_BISECT_SKIPPED;
}

int rt_bisecting_search(struct rt_bisecting *bisecting, const char *store, struct rt_err *err)
{
    struct rt_bisection bisection;
    size_t commit;
    int rc;

    bisecting->looks = rt_calloc(bisecting->history.count, sizeof *bisecting->looks);
    bisecting->looked = rt_calloc(bisecting->history.count, sizeof *bisecting->looked);
    if ((rc = look_at_ends(bisecting, store, err)) < 0)
        return rc;
    rt_bisection_init(&bisection, bisecting->history.count - 1); /* without the good end */
    while (rc == 0 && rt_bisection_next(&bisection, &commit)) {
        if ((rc = look_at(bisecting, store, commit + 1, err)) == 0)
            rt_bisection_note(&bisection, commit, judged(bisecting, commit + 1));
    }
    rt_bisection_found(&bisection, &bisecting->first, &bisecting->last);
    bisecting->first++;
    bisecting->last++;
    rt_bisection_clear(&bisection);
    return rc;
}

/* What depends on the swept params at a commit. */
static int depends_at(struct rt_bisecting *bisecting, const char *path, size_t commit,
                      struct rt_json **depends, struct rt_err *err)
{
    const struct rt_study *study;
    struct open open;
    int rc = open_store(&open, bisecting, path, false, err);

    *depends = NULL;
    if (rc == 0) {
        study = rt_state_study_by_id(rt_store_state(open.store), bisecting->looks[commit].study);
        rc = study ? rt_depends(open.store, open.index, study, bisecting->keys, depends, err) : 0;
    }
    return close_store(&open, rc, err);
}

/* The nearest commit before the border that was seen to be good. */
static size_t last_good(const struct rt_bisecting *bisecting)
{
    size_t commit = bisecting->first;

    while (commit > 0 && (!bisecting->looked[commit - 1] ||
                          bisecting->looks[commit - 1].class != bisecting->looks[0].class))
        commit--;
    return commit ? commit - 1 : 0;
}

static void put_lost(struct rt_json *list, const char *param, const struct rt_json *before,
                     const struct rt_json *after)
{
    struct rt_json *item = rt_json_new_object();
    struct rt_json *metrics = rt_json_new_array();
    bool inert = true;

    for (void *at = rt_json_first(before); at; at = rt_json_next(before, at)) {
        const struct rt_json *now = rt_json_get(after, rt_json_iter_key(at));

        if (rt_json_bool(rt_json_iter_value(at)) && now && !rt_json_bool(now))
            rt_json_append(metrics, rt_json_new_string(rt_json_iter_key(at)));
    }
    for (void *at = rt_json_first(after); at; at = rt_json_next(after, at))
        inert = inert && !rt_json_bool(rt_json_iter_value(at));
    rt_json_set_text(item, "param", param);
    rt_json_set(item, "inert", rt_json_new_bool(inert));
    rt_json_set(item, "metrics", metrics);
    if (rt_json_count(metrics))
        rt_json_append(list, item);
    else
        rt_json_free(item);
}

int rt_bisecting_inert(struct rt_bisecting *bisecting, const char *store, struct rt_json **inert,
                       struct rt_err *err)
{
    struct rt_json *before = NULL;
    struct rt_json *after = NULL;
    int rc;

    *inert = rt_json_new_array();
    if ((rc = depends_at(bisecting, store, last_good(bisecting), &before, err)) == 0)
        rc = depends_at(bisecting, store, bisecting->last, &after, err);
    if (rc == 0 && before && after) {
        for (size_t i = 0; i < rt_json_count(bisecting->keys); i++) {
            const char *key = rt_json_string(rt_json_at(bisecting->keys, i));

            if (rt_json_get(before, key) && rt_json_get(after, key))
                put_lost(*inert, key, rt_json_get(before, key), rt_json_get(after, key));
        }
    }
    rt_json_free(before);
    rt_json_free(after);
    return rc;
}

static struct rt_json *commit_json(const struct rt_code_change *change)
{
    struct rt_json *object = rt_json_new_object();

    rt_json_set_text(object, "commit", change->commit);
    rt_json_set_text(object, "summary", change->summary);
    return object;
}

struct rt_json *rt_bisecting_json(const struct rt_bisecting *bisecting)
{
    struct rt_json *all = rt_json_new_object();
    struct rt_json *looks = rt_json_new_array();
    struct rt_json *found = rt_json_new_array();

    for (size_t i = 0; i < bisecting->history.count; i++) {
        const struct rt_bisect_look *look = &bisecting->looks[i];
        struct rt_json *object;

        if (!bisecting->looked[i])
            continue;
        object = commit_json(&bisecting->history.items[i]);
        rt_json_set_text(object, "verdict", rt_bisect_word(look));
        rt_json_set_text(object, "replay", look->study);
        for (int k = RT_VERDICT_IDENTICAL; k < RT_VERDICTS; k++)
            rt_json_set_int(object, rt_verdict_name((enum rt_verdict)k), (int64_t)look->counts[k]);
        rt_json_append(looks, object);
    }
    for (size_t i = bisecting->first; i <= bisecting->last; i++)
        rt_json_append(found, commit_json(&bisecting->history.items[i]));
    rt_json_set_int(all, "commits", (int64_t)bisecting->history.count);
    rt_json_set_int(all, "runs", (int64_t)bisecting->runs);
    rt_json_set(all, "looks", looks);
    rt_json_set(all, "first", found);
    return all;
}

void rt_bisecting_clear(struct rt_bisecting *bisecting)
{
    rt_json_free(bisecting->record);
    rt_json_free(bisecting->keys);
    rt_code_history_clear(&bisecting->history);
    free(bisecting->looks);
    free(bisecting->looked);
    free(bisecting->trials);
    rt_tolerances_clear(&bisecting->tolerances);
    memset(bisecting, 0, sizeof *bisecting);
}
