#include "replay/batch.h"

#include "base/alloc.h"
#include "base/random.h"
#include "replay/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sql.h"

void rt_batch_new_id(char id[RT_BATCH_ID])
{
    uint8_t bytes[(RT_BATCH_ID - 1) / 2];

    rt_random_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
}

int rt_batch_request(const struct rt_state *state, const struct rt_wish *wish,
                     char request[RT_HASH_HEX], struct rt_err *err)
{
    struct rt_json *asked = rt_json_new_object();
    struct rt_json *selection = NULL;
    struct rt_buf text = RT_BUF_INIT;
    struct rt_hash hash;
    int rc = rt_selection_json(state, &wish->selection, &selection, err);

    if (rc == 0) {
        rt_json_set_text(asked, "kind", wish->kind);
        rt_json_set_text(asked, "name", wish->name);
        rt_json_set_int(asked, "repeats", wish->repeats);
        rt_json_set(asked, "changes", rt_wish_texts(wish));
        rt_json_set(asked, "judge", rt_tolerances_json(&wish->tolerances));
        rt_json_set(asked, "selection", selection);
        rt_json_canonical(asked, &text);
        hash = rt_hash(rt_buf_span(&text));
        rt_hash_hex(&hash, request);
    }
    rt_buf_clear(&text);
    rt_json_free(asked);
    return rc;
}

void rt_batch_mark(const struct rt_batch *batch, struct rt_replay_plans *plans)
{
    for (size_t i = 0; i < plans->count; i++) {
        struct rt_json *mark = rt_json_new_object();

        rt_json_set_text(mark, "id", batch->id);
        rt_json_set_text(mark, "request", batch->request);
        rt_json_set_int(mark, "replays", (int64_t)plans->count);
        rt_json_set(rt_json_get(plans->items[i].plan, "replay"), "batch", mark);
    }
}

static const struct rt_json *mark_of(const struct rt_state *state, uint32_t number)
{
    return rt_json_get(rt_replay_of(rt_state_study(state, number)), "batch");
}

static bool has(const struct rt_json *mark, const char *key, const char *value)
{
    return mark && strcmp(rt_json_get_text(mark, key, ""), value) == 0;
}

/* All of the batch that this study is of; NULL if some were never recorded: then none has run. */
static uint32_t *studies_of(const struct rt_state *state, uint32_t number)
{
    const struct rt_json *mark = mark_of(state, number);
    const char *id = rt_json_get_text(mark, "id", "");
    size_t size = (size_t)rt_json_get_int(mark, "replays", 1);
    uint32_t *studies = rt_calloc(rt_state_studies(state) + 1, sizeof *studies);
    size_t count = 0;

    for (uint32_t i = 1; i <= rt_state_studies(state); i++) {
        if (has(mark_of(state, i), "id", id))
            studies[count++] = i;
    }
    if (count == size)
        return studies;
    free(studies);
    return NULL;
}

int rt_batch_study_over(struct rt_db *index, const struct rt_study *study, struct rt_err *err)
{
    uint64_t judged = 0;
    int rc;

    if (rt_study_unfinished(study))
        return 0;
    rc = rt_verdicts_standing(index, study, &judged, err);
    return rc < 0 ? rc : judged == study->planned;
}

static int is_over(const struct rt_state *state, struct rt_db *index, const uint32_t *studies,
                   struct rt_err *err)
{
    int rc = 1;

    for (; rc > 0 && *studies; studies++)
        rc = rt_batch_study_over(index, rt_state_study(state, *studies), err);
    return rc;
}

/* Of the newest such study. */
static uint32_t *newest(const struct rt_state *state, const char *key, const char *value)
{
    uint32_t *studies = NULL;

    for (uint32_t number = (uint32_t)rt_state_studies(state); !studies && number > 0; number--) {
        if (has(mark_of(state, number), key, value))
            studies = studies_of(state, number);
    }
    return studies;
}

static int study_of(struct rt_db *index, uint32_t launch, uint32_t *number, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc = rt_db_prepare(index, rt_sql_ask_launch_study, &stmt, NULL, err);

    *number = 0;
    if (rc < 0)
        return rc;
    rt_stmt_int(stmt, ":launch", launch);
    if ((rc = rt_stmt_step(stmt, err)) > 0)
        *number = (uint32_t)rt_stmt_get_int(stmt, 0);
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

static int launched_last(const struct rt_state *state, struct rt_db *index, const uint32_t *studies,
                         struct rt_err *err)
{
    uint32_t last;
    int rc = study_of(index, (uint32_t)rt_state_launches(state), &last, err);

    for (; rc == 0 && *studies; studies++)
        rc = *studies == last;
    return rc;
}

int rt_batch_find(const struct rt_state *state, struct rt_db *index, const struct rt_batch *batch,
                  enum rt_batch_choice choice, uint32_t **studies, struct rt_err *err)
{
    int over;

    *studies = newest(state, "id", batch->id);
    if (*studies || choice == RT_BATCH_BY_ID)
        return 0;
    *studies = newest(state, "request", batch->request);
    if (!*studies || choice == RT_BATCH_NEWEST)
        return 0;
    over = is_over(state, index, *studies, err);
    if (over > 0 && choice == RT_BATCH_UNTOLD &&
        (over = launched_last(state, index, *studies, err)) >= 0)
        over = !over;
    if (over == 0)
        return 0;
    free(*studies);
    *studies = NULL;
    return over < 0 ? over : 0;
}

int rt_batch_of_launch(const struct rt_state *state, struct rt_db *index, uint32_t launch,
                       bool whole, uint32_t **studies, struct rt_err *err)
{
    uint32_t number;
    int rc = study_of(index, launch, &number, err);

    *studies = NULL;
    if (rc < 0 || !rt_state_study(state, number))
        return rc;
    if (whole && mark_of(state, number))
        *studies = studies_of(state, number);
    if (!*studies) {
        *studies = rt_calloc(2, sizeof **studies);
        **studies = number;
    }
    return 0;
}

static bool alike(const struct rt_json *a, const struct rt_json *b)
{
    static const char *const keys[] = {"code", "inputs"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct rt_json *of_a = rt_json_get(a, keys[i]);
        const struct rt_json *of_b = rt_json_get(b, keys[i]);

        if (!of_a != !of_b || (of_a && !rt_json_equal(of_a, of_b)))
            return false;
    }
    return true;
}

bool rt_batch_fits(const struct rt_state *state, const uint32_t *studies,
                   const struct rt_replay_plans *plans)
{
    bool *had = rt_calloc(plans->count + 1, sizeof *had);
    bool fits = true;

    for (; *studies; studies++) {
        const struct rt_json *plan = rt_plan_json(rt_state_study(state, *studies)->plan);
        bool found = false;

        for (size_t i = 0; i < plans->count; i++) {
            if (alike(plan, plans->items[i].plan))
                found = had[i] = true;
        }
        fits = fits && found;
    }
    for (size_t i = 0; i < plans->count; i++)
        fits = fits && had[i];
    free(had);
    return fits;
}
