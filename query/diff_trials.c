#include "query/diff.h"

#include "query/about.h"
#include "query/about_plan.h"
#include "query/diff_parts.h"
#include "query/diff_rows.h"

/* The attempt that stands for a trial; NULL if none has ended. */
static const struct rt_json *standing(const struct rt_json *about)
{
    const struct rt_json *attempts = rt_json_get(about, "attempts");

    for (size_t i = 0; i < rt_json_count(attempts); i++) {
        if (rt_json_bool(rt_json_get(rt_json_at(attempts, i), "decides")))
            return rt_json_at(attempts, i);
    }
    return NULL;
}

static const struct rt_json *member(const struct rt_json *object, const char *key)
{
    return object ? rt_json_get(object, key) : NULL;
}

/* Which trial a side is. */
static struct rt_json *identity(const struct rt_json *about)
{
    static const char *const keys[] = {"trial", "study", "replicate", "status", "outcome"};
    struct rt_json *side = rt_json_new_object();

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (rt_json_get(about, keys[i]))
            rt_json_set(side, keys[i], rt_json_copy(rt_json_get(about, keys[i])));
    }
    return side;
}

static void put_members(struct rt_json *diff, const char *section, const struct rt_json *a,
                        const struct rt_json *b, const char *const *keys, size_t count)
{
    struct rt_json *rows = rt_json_new_array();

    for (size_t i = 0; i < count; i++)
        rt_diff_value(rows, keys[i], member(a, keys[i]), member(b, keys[i]));
    rt_diff_section(diff, section, rows);
}

static void put_objects(struct rt_json *diff, const char *section, const struct rt_json *a,
                        const struct rt_json *b)
{
    struct rt_json *rows = rt_json_new_array();

    rt_diff_objects(rows, a, b);
    rt_diff_section(diff, section, rows);
}

static struct rt_diff_agent agent_of(const struct rt_json *attempt)
{
    struct rt_diff_agent agent = {0, 0};

    if (attempt) {
        agent.launch = rt_json_get_int(attempt, "launch", 0);
        agent.rank = rt_json_get_int(attempt, "rank", 0);
    }
    return agent;
}

static int compare(struct rt_store *store, struct rt_db *db, const struct rt_json *const about[2],
                   struct rt_json *diff, struct rt_err *err)
{
    static const char *const seeds[] = {"seed", "replicate"};
    static const char *const endings[] = {"outcome", "exit_status", "signal", "reason"};
    static const char *const times[] = {"started", "seconds", "user_seconds", "system_seconds",
                                        "max_rss_kib"};
    const struct rt_json *attempt[2] = {standing(about[0]), standing(about[1])};
    const struct rt_diff_agent agent[2] = {agent_of(attempt[0]), agent_of(attempt[1])};
    const char *code[2];
    int rc;

    for (size_t i = 0; i < 2; i++) {
        const struct rt_json *record = rt_json_get(about[i], "code");

        code[i] = record ? rt_json_get_text(record, "code", NULL) : NULL;
    }
    put_objects(diff, "entry", rt_json_get(about[0], "entry"), rt_json_get(about[1], "entry"));
    put_objects(diff, "params", rt_json_get(about[0], "params"), rt_json_get(about[1], "params"));
    put_members(diff, "seed", about[0], about[1], seeds, 2);
    rt_diff_inputs(rt_json_get(about[0], "inputs"), rt_json_get(about[1], "inputs"), diff);
    if ((rc = rt_diff_code(store, code[0], code[1], diff, err)) < 0 ||
        (rc = rt_diff_environment(db, agent, diff, err)) < 0)
        return rc;
    put_members(diff, "outcome", attempt[0], attempt[1], endings, 4);
    put_objects(diff, "metrics", member(attempt[0], "result"), member(attempt[1], "result"));
    put_members(diff, "times", attempt[0], attempt[1], times, 5);
    return 0;
}

/* As a member of the entry's: they are one of the things that say how it is called. */
static int add_threads(struct rt_store *store, struct rt_db *db, const struct rt_study *study,
                       uint64_t ordinal, struct rt_json *about, struct rt_err *err)
{
    struct rt_about_plan from = {0};
    struct rt_json *entry = rt_json_get(about, "entry");
    int rc = rt_about_plan_find(store, db, study, ordinal, &from, err);

    if (rc == 0 && entry)
        rt_json_set_int(entry, "threads", rt_plan_threads(from.plan));
    rt_about_plan_clear(&from);
    return rc;
}

int rt_diff_trials(struct rt_store *store, struct rt_db *db, const struct rt_study *const study[2],
                   const uint64_t ordinal[2], struct rt_json **out, struct rt_err *err)
{
    struct rt_json *about[2] = {NULL, NULL};
    struct rt_json *diff = rt_json_new_object();
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < 2; i++) {
        if ((rc = rt_about_trial(store, db, study[i], ordinal[i], &about[i], err)) == 0)
            rc = add_threads(store, db, study[i], ordinal[i], about[i], err);
        rt_json_set(diff, i ? "b" : "a", identity(about[i]));
    }
    if (rc == 0) {
        const struct rt_json *const both[2] = {about[0], about[1]};

        rt_json_set(diff, "same", rt_json_new_array());
        rc = compare(store, db, both, diff, err);
    }
    rt_json_free(about[0]);
    rt_json_free(about[1]);
    if (rc < 0)
        rt_json_free(diff);
    else
        *out = diff;
    return rc;
}
