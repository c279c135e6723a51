#include "query/why.h"

#include "base/alloc.h"
#include "query/about.h"
#include "query/about_plan.h"
#include "query/diff_parts.h"
#include "store/plan_find.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

#define SHOWN 5 /* predecessors */

/* Everything that is looked for, and what is found. */
struct asking {
    struct rt_store *store;
    struct rt_db *db;
    const struct rt_study *study;
    uint64_t ordinal;
    struct rt_json *about; /* of the trial */
    struct rt_json *why;
    uint64_t first_event; /* the PLAN event that first had it */
    uint64_t more;        /* predecessors that are not listed */
};

struct plan_event {
    struct rt_json *body;
};

static int take_body(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct plan_event *taken = context;
    int rc = rt_json_parse(event->body, &taken->body, err);

    return rc < 0 ? rc : 1;
}

/* The body of a PLAN event; yours. */
static int read_plan(struct rt_store *store, uint64_t event, struct rt_json **body,
                     struct rt_err *err)
{
    struct plan_event taken = {NULL};
    int rc = rt_store_read(store, event, take_body, &taken, err);

    *body = taken.body;
    if (rc == 0)
        return rt_err_set(err, RT_EDAMAGED, "the journal has no event %llu",
                          (unsigned long long)event);
    return rc < 0 ? rc : 0;
}

struct segment {
    uint64_t index;
    uint64_t count;
    uint64_t ordinal;
};

static struct segment segment_at(const struct rt_json *segments, size_t i)
{
    const struct rt_json *segment = rt_json_at(segments, i);

    return (struct segment){(uint64_t)rt_json_int(rt_json_at(segment, 0)),
                            (uint64_t)rt_json_int(rt_json_at(segment, 1)),
                            (uint64_t)rt_json_int(rt_json_at(segment, 2))};
}

static bool has_ordinal(const struct rt_json *body, uint64_t ordinal)
{
    const struct rt_json *segments = rt_json_get(body, "segments");

    for (size_t i = 0; i < rt_json_count(segments); i++) {
        struct segment segment = segment_at(segments, i);

        if (ordinal >= segment.ordinal && ordinal - segment.ordinal < segment.count)
            return true;
    }
    return false;
}

static uint64_t ordinal_of(const struct rt_json *body, uint64_t index)
{
    const struct rt_json *segments = rt_json_get(body, "segments");

    for (size_t i = 0; i < rt_json_count(segments); i++) {
        struct segment segment = segment_at(segments, i);

        if (index >= segment.index && index - segment.index < segment.count)
            return segment.ordinal + (index - segment.index);
    }
    return 0;
}

/* Notes what one plan of the trial's study did with it; the latest plan comes first. */
static int note_revision(struct asking *asking, struct rt_stmt *row, struct rt_json *kept,
                         struct rt_err *err)
{
    uint64_t event = (uint64_t)rt_stmt_get_int(row, 5);
    struct rt_json *planned;
    struct rt_json *body;
    int rc = read_plan(asking->store, event, &body, err);

    if (rc < 0)
        return rc;
    if (has_ordinal(body, asking->ordinal)) {
        planned = rt_json_new_object();
        rt_json_set_int(planned, "revision", rt_stmt_get_int(row, 0));
        rt_json_set_text(planned, "accepted", rt_stmt_get_text(row, 1));
        rt_json_set(asking->why, "planned", planned);
        rt_json_append(kept, rt_json_new_int(rt_stmt_get_int(row, 0)));
        asking->first_event = event;
    } else if (asking->first_event == 0) {
        rt_json_set_int(asking->why, "retired", rt_stmt_get_int(row, 0));
    }
    rt_json_free(body);
    return 0;
}

static int find_revisions(struct asking *asking, struct rt_err *err)
{
    struct rt_json *latest_first = rt_json_new_array();
    struct rt_json *kept = rt_json_new_array();
    struct rt_stmt *stmt = NULL;
    int rc;

    if ((rc = rt_db_prepare(asking->db, rt_sql_ask_plans_of, &stmt, NULL, err)) == 0) {
        rt_stmt_int(stmt, ":study", asking->study->number);
        while ((rc = rt_stmt_step(stmt, err)) > 0) {
            if ((rc = note_revision(asking, stmt, latest_first, err)) < 0)
                break;
        }
    }
    for (size_t i = rt_json_count(latest_first); i-- > 0;) {
        if (i + 1 < rt_json_count(latest_first)) /* all but the first to have it */
            rt_json_append(kept, rt_json_copy(rt_json_at(latest_first, i)));
    }
    rt_json_set(asking->why, "kept", kept);
    rt_json_free(latest_first);
    rt_stmt_free(stmt);
    return rc;
}

static void put_differing(const struct rt_json *a, const struct rt_json *b, struct rt_json *out)
{
    struct rt_json *differs = rt_json_new_array();

    for (size_t i = 0; i < RT_KEY_COMPONENTS; i++) {
        if (strcmp(rt_json_get_text(a, rt_key_names[i], ""),
                   rt_json_get_text(b, rt_key_names[i], "")) != 0)
            rt_json_append(differs, rt_json_new_string(rt_key_names[i]));
    }
    rt_json_set(out, "differs", differs);
}

static const char *code_of(const struct rt_json *about)
{
    const struct rt_json *code = rt_json_get(about, "code");

    return code ? rt_json_get_text(code, "code", NULL) : NULL;
}

/* Which files differ, for people; not the patch. */
static int put_code(struct asking *asking, const struct rt_json *before, struct rt_json *out,
                    struct rt_err *err)
{
    struct rt_json *diff = rt_json_new_object();
    int rc;

    rt_json_set(diff, "same", rt_json_new_array());
    rc = rt_diff_code(asking->store, code_of(before), code_of(asking->about), diff, err);
    if (rc == 0 && rt_json_get(diff, "code")) {
        rt_json_remove(rt_json_get(diff, "code"), "patch");
        rt_json_set(out, "code", rt_json_copy(rt_json_get(diff, "code")));
    }
    rt_json_free(diff);
    return rc;
}

static int add_predecessor(struct asking *asking, struct rt_stmt *row, const struct rt_study *study,
                           uint64_t ordinal, struct rt_err *err)
{
    static const char *const copied[] = {"trial", "study", "status", "outcome"};
    struct rt_json *list = rt_json_get(asking->why, "predecessors");
    struct rt_json *before = NULL;
    struct rt_json *one = rt_json_new_object();
    int rc = rt_about_trial(asking->store, asking->db, study, ordinal, &before, err);

    for (size_t i = 0; rc == 0 && i < sizeof copied / sizeof copied[0]; i++) {
        if (rt_json_get(before, copied[i]))
            rt_json_set(one, copied[i], rt_json_copy(rt_json_get(before, copied[i])));
    }
    if (rc == 0) {
        rt_json_set_int(one, "revision", rt_stmt_get_int(row, 1));
        rt_json_set_text(one, "accepted", rt_stmt_get_text(row, 2));
        rt_json_set(one, "same_study", rt_json_new_bool(study == asking->study));
        put_differing(rt_json_get(before, "components"), rt_json_get(asking->about, "components"),
                      one);
        rc = put_code(asking, before, one, err);
    }
    rt_json_append(list, one);
    rt_json_free(before);
    return rc;
}

static bool is_listed(const struct rt_json *list, const struct rt_study *study, uint64_t ordinal)
{
    char *id = rt_printf("%s.%llu", study->id, (unsigned long long)ordinal);
    bool listed = false;

    for (size_t i = 0; i < rt_json_count(list); i++)
        listed = listed || strcmp(rt_json_get_text(rt_json_at(list, i), "trial", ""), id) == 0;
    free(id);
    return listed;
}

/* Looks for the trial's params in an earlier plan. */
static int look_into(struct asking *asking, struct rt_stmt *row, struct rt_err *err)
{
    const struct rt_study *study =
        rt_state_study(rt_store_state(asking->store), (uint32_t)rt_stmt_get_int(row, 0));
    const struct rt_json *list = rt_json_get(asking->why, "predecessors");
    struct rt_plan *plan = NULL;
    struct rt_json *body = NULL;
    uint64_t ordinal = 0;
    uint64_t index;
    int rc;

    if (!study)
        return 0;
    if ((rc = read_plan(asking->store, (uint64_t)rt_stmt_get_int(row, 3), &body, err)) < 0 ||
        (rc = rt_plan_new(rt_json_get(body, "plan"), &plan, err)) < 0)
        goto out;
    index = rt_plan_find(plan, rt_json_get(asking->about, "params"),
                         (uint32_t)rt_json_get_int(asking->about, "replicate", 1));
    if (index != UINT64_MAX)
        ordinal = ordinal_of(body, index);
    if (!ordinal || (study == asking->study && ordinal == asking->ordinal) ||
        is_listed(list, study, ordinal))
        goto out;
    if (rt_json_count(list) < SHOWN)
        rc = add_predecessor(asking, row, study, ordinal, err);
    else
        asking->more++;
out:
    rt_plan_free(plan);
    rt_json_free(body);
    return rc;
}

static int find_predecessors(struct asking *asking, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    rt_json_set(asking->why, "predecessors", rt_json_new_array());
    if ((rc = rt_db_prepare(asking->db, rt_sql_ask_plans_before, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":event", (int64_t)asking->first_event);
    while ((rc = rt_stmt_step(stmt, err)) > 0) {
        if ((rc = look_into(asking, stmt, err)) < 0)
            break;
    }
    rt_stmt_free(stmt);
    if (asking->more)
        rt_json_set_int(asking->why, "more_predecessors", (int64_t)asking->more);
    return rc;
}

/* Launches of the study behind the one that decided the trial. */
static int find_later_launches(struct asking *asking, struct rt_err *err)
{
    const struct rt_json *attempts = rt_json_get(asking->about, "attempts");
    struct rt_json *later = rt_json_new_array();
    struct rt_json *study = NULL;
    int64_t last = 0;
    int rc;

    for (size_t i = 0; i < rt_json_count(attempts); i++) {
        int64_t launch = rt_json_get_int(rt_json_at(attempts, i), "launch", 0);

        last = launch > last ? launch : last;
    }
    if ((rc = rt_about_study(asking->db, asking->study, &study, err)) == 0) {
        const struct rt_json *launches = rt_json_get(study, "launches");

        for (size_t i = 0; last && i < rt_json_count(launches); i++) {
            int64_t launch = rt_json_get_int(rt_json_at(launches, i), "launch", 0);

            if (launch > last)
                rt_json_append(later, rt_json_new_int(launch));
        }
    }
    rt_json_set(asking->why, "later_launches", later);
    rt_json_free(study);
    return rc;
}

static void put_identity(struct asking *asking)
{
    static const char *const copied[] = {"trial",    "study", "ordinal",   "status", "outcome",
                                         "params",   "swept", "replicate", "seed",   "running",
                                         "attempts", "key",   "components"};

    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++) {
        const struct rt_json *value = rt_json_get(asking->about, copied[i]);

        if (value)
            rt_json_set(asking->why, copied[i], rt_json_copy(value));
    }
}

/* What a trial of a replay was made from: see "replay" in docs/plan.md. */
static void put_origin(struct asking *asking, const struct rt_about_plan *from)
{
    const struct rt_json *replay = rt_json_get(rt_plan_json(from->plan), "replay");
    struct rt_plan_origin origin;
    struct rt_json *made;
    const struct rt_json *study;
    char *id;

    if (!replay || !rt_plan_origin(from->plan, from->index, &origin))
        return;
    study = rt_json_at(rt_json_get(replay, "studies"), origin.study);
    id =
        rt_printf("%s.%llu", rt_json_get_text(study, "id", ""), (unsigned long long)origin.ordinal);
    made = rt_json_new_object();
    rt_json_set_text(made, "kind", rt_json_get_text(replay, "kind", "replay"));
    rt_json_set_text(made, "origin", id);
    rt_json_set_text(made, "study", rt_json_get_text(study, "name", ""));
    if (rt_json_get(replay, "changes"))
        rt_json_set(made, "changes", rt_json_copy(rt_json_get(replay, "changes")));
    rt_json_set(asking->why, "replay", made);
    free(id);
}

static int put_retries(struct asking *asking, struct rt_err *err)
{
    struct rt_about_plan from = {0};
    int rc =
        rt_about_plan_find(asking->store, asking->db, asking->study, asking->ordinal, &from, err);

    if (rc == 0)
        rt_json_set_int(asking->why, "retries", rt_plan_retries(from.plan));
    if (rc == 0)
        put_origin(asking, &from);
    rt_about_plan_clear(&from);
    return rc;
}

int rt_why(struct rt_store *store, struct rt_db *db, const struct rt_study *study, uint64_t ordinal,
           struct rt_json **out, struct rt_err *err)
{
    struct asking asking = {
        .store = store, .db = db, .study = study, .ordinal = ordinal, .why = rt_json_new_object()};
    int rc;

    if ((rc = rt_about_trial(store, db, study, ordinal, &asking.about, err)) == 0) {
        put_identity(&asking);
        if ((rc = put_retries(&asking, err)) == 0 && (rc = find_revisions(&asking, err)) == 0 &&
            (rc = find_predecessors(&asking, err)) == 0)
            rc = find_later_launches(&asking, err);
    }
    if (rc == 0)
        rt_json_set(asking.why, "because", rt_why_words(asking.why));
    rt_json_free(asking.about);
    if (rc < 0)
        rt_json_free(asking.why);
    else
        *out = asking.why;
    return rc;
}
