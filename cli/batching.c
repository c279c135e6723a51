#include "cli/batching.h"

#include "base/alloc.h"
#include "base/escape.h"
#include "cli/ends.h"
#include "cli/verdicts.h"
#include "replay/stopped.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One replay of the batch. */
struct part {
    char *id;     /* of the study */
    bool over;    /* before this launch */
    bool stopped; /* it could not be started by an earlier one */
};

/* One launch on rank 0. */
struct launch {
    const struct rt_batching *batching;
    const struct rt_run_options *options;
    struct part *parts; /* in the order of the studies */
    size_t count;
    size_t first; /* the one that this process runs under its launcher */
    char *store;  /* its path */
};

static int look_at(struct rt_db *index, const struct rt_study *study, struct part *part,
                   struct rt_err *err)
{
    char *why = NULL;
    int rc = rt_batch_study_over(index, study, err);

    part->over = rc > 0;
    if (rc == 0)
        rc = rt_stopped_why(index, study, &why, err);
    part->stopped = why != NULL;
    free(why);
    return rc;
}

/* What could not be started is tried again once nothing else is left. */
static size_t choose_first(const struct launch *launch)
{
    for (int last = 0; last < 2; last++) {
        for (size_t i = 0; i < launch->count; i++) {
            if (!launch->parts[i].over && (last || !launch->parts[i].stopped))
                return i;
        }
    }
    return 0;
}

static int note_parts(struct launch *launch, const struct rt_store *store, struct rt_db *index,
                      const uint32_t *studies, struct rt_err *err)
{
    size_t capacity = 0;
    int rc = 0;

    launch->store = rt_strdup(rt_store_path(store));
    for (; rc >= 0 && *studies; studies++) {
        const struct rt_study *study = rt_state_study(rt_store_state(store), *studies);
        struct part *part;

        launch->parts = rt_grow(launch->parts, &capacity, launch->count + 1, sizeof *launch->parts);
        part = &launch->parts[launch->count++];
        *part = (struct part){.id = rt_strdup(study->id)};
        rc = look_at(index, study, part, err);
    }
    launch->first = choose_first(launch);
    return rc < 0 ? rc : 0;
}

static void clear_launch(struct launch *launch)
{
    for (size_t i = 0; i < launch->count; i++)
        free(launch->parts[i].id);
    free(launch->parts);
    free(launch->store);
}

/* "noise_verify (k3f9ab), 12 of 24 trials done". */
static void put_standing(struct rt_buf *out, const struct rt_study *study)
{
    uint64_t done = study->planned - rt_study_unfinished(study);

    rt_buf_printf(out, "%s (%s), %llu of %llu trials done", study->name, study->id,
                  (unsigned long long)done, (unsigned long long)study->planned);
}

static void tell_standing(const struct launch *launch, const struct rt_store *store,
                          const uint32_t *studies)
{
    struct rt_buf text = RT_BUF_INIT;

    if (!launch->options->notice)
        return;
    rt_buf_add(&text, "going on with ");
    for (const uint32_t *study = studies; *study; study++) {
        rt_buf_add(&text, study == studies ? "" : "; ");
        put_standing(&text, rt_state_study(rt_store_state(store), *study));
    }
    if (!launch->options->restarted)
        rt_buf_add(&text, "; to begin anew, add --fresh");
    launch->options->notice(launch->options->context, rt_buf_text(&text));
    rt_buf_clear(&text);
}

static int refuse(const struct rt_store *store, const uint32_t *studies, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;

    rt_buf_add(&text, "code or inputs are not those any more that this replay was begun with:");
    for (const uint32_t *study = studies; *study; study++) {
        rt_buf_add(&text, study == studies ? " " : "; ");
        put_standing(&text, rt_state_study(rt_store_state(store), *study));
    }
    for (; *studies; studies++) {
        rt_buf_add(&text, "\nto go on with what it was begun with:     retrial resume ");
        rt_escape_shell(&text, rt_span_text(rt_state_study(rt_store_state(store), *studies)->name));
    }
    rt_buf_add(&text, "\nto begin anew with what is there now, add: --fresh");
    rt_err_set(err, RT_ECONFLICT, "%s", rt_buf_text(&text));
    rt_buf_clear(&text);
    return RT_ECONFLICT;
}

/* What a word such as "current" or "HEAD" stands for may be something else by now. */
static int check_meaning(const struct launch *launch, struct rt_store *store, struct rt_db *index,
                         const uint32_t *studies, struct rt_err *err)
{
    struct rt_wish *wish = launch->batching->wish;
    struct rt_replay_plans plans = {NULL, 0};
    int rc = 0;

    if (launch->options->restarted || (!wish->code && !wish->inputs))
        return 0;
    rc = launch->batching->derive(wish, store, index, launch->options, &plans, err);
    if (rc == 0 && !rt_batch_fits(rt_store_state(store), studies, &plans))
        rc = refuse(store, studies, err);
    rt_replay_plans_clear(&plans);
    return rc;
}

static int begin(const struct launch *launch, const struct rt_batch *batch, struct rt_store *store,
                 struct rt_db *index, uint32_t **studies, struct rt_err *err)
{
    struct rt_replay_plans plans = {NULL, 0};
    int rc = launch->batching->derive(launch->batching->wish, store, index, launch->options, &plans,
                                      err);

    if (rc == 0) {
        rt_batch_mark(batch, &plans);
        rc = rt_replay_plans_record(store, &plans, err);
    }
    if (rc == 0) {
        *studies = rt_calloc(plans.count + 1, sizeof **studies);
        for (size_t i = 0; i < plans.count; i++)
            (*studies)[i] = plans.items[i].study;
    }
    rt_replay_plans_clear(&plans);
    return rc;
}

static int find_or_begin(const struct launch *launch, struct rt_store *store, struct rt_db *index,
                         uint32_t **studies, struct rt_err *err)
{
    const struct rt_batching *batching = launch->batching;
    struct rt_batch batch;
    int rc = rt_batch_request(rt_store_state(store), batching->wish, batch.request, err);

    rt_batch_new_id(batch.id);
    if (batching->id)
        snprintf(batch.id, sizeof batch.id, "%s", batching->id);
    if (rc == 0)
        rc = rt_batch_find(rt_store_state(store), index, &batch,
                           batching->fresh              ? RT_BATCH_BY_ID
                           : launch->options->restarted ? RT_BATCH_NEWEST
                           : rt_store_left_open(store)  ? RT_BATCH_UNTOLD
                                                        : RT_BATCH_OPEN,
                           studies, err);
    if (rc < 0)
        return rc;
    if (!*studies)
        return begin(launch, &batch, store, index, studies, err);
    if ((rc = check_meaning(launch, store, index, *studies, err)) == 0)
        tell_standing(launch, store, *studies);
    return rc;
}

/* Fits rt_run_options.derive. */
static int derive(void *context, struct rt_store *store, uint32_t *study, struct rt_err *err)
{
    struct launch *launch = context;
    struct rt_db *index = NULL;
    uint32_t *studies = NULL;
    int rc;

    if ((rc = rt_store_index_level(store, err)) == 0 &&
        (rc = rt_verdicts_index(store, &index, err)) == 0 &&
        (rc = find_or_begin(launch, store, index, &studies, err)) == 0 &&
        (rc = note_parts(launch, store, index, studies, err)) == 0)
        *study = studies[launch->first];
    free(studies);
    rt_db_close(index);
    return rc;
}

/* A supervisor goes on by itself. */
static int say_left(struct rt_cmd_context *context, const struct launch *launch, size_t left,
                    struct rt_err *err)
{
    if (!launch->batching->id)
        rt_execute_say_next(context);
    return rt_err_set(err, RT_EINTERRUPTED,
                      "the trials had different code, inputs or entries, so that there are %zu "
                      "replays, each with a launch of its own; %zu %s left",
                      launch->count, left, left == 1 ? "is" : "are");
}

static size_t count_left(const struct launch *launch)
{
    size_t left = 0;

    for (size_t i = 0; i < launch->count; i++)
        left += i != launch->first && !launch->parts[i].over && !launch->parts[i].stopped;
    return left;
}

static int run_others(struct rt_cmd_context *context, const struct rt_execute_options *execute,
                      const struct launch *launch, bool several_ranks, int rc, struct rt_err *err)
{
    for (size_t i = 0; rt_ends_go_on(rc) && i < launch->count; i++) {
        const struct part *part = &launch->parts[i];
        struct rt_run_options options = {.study_name = part->id};
        struct rt_err own = {0};
        int next;

        if (i == launch->first)
            continue;
        next = part->over || several_ranks ? rt_execute_compare(launch->store, part->id, 0, &own)
                                           : rt_execute(context, execute, &options, &own);
        rc = rt_ends_join(rc, next, &own, err);
    }
    return rc;
}

int rt_batching_run(struct rt_cmd_context *context, const struct rt_execute_options *execute,
                    const struct rt_batching *batching, struct rt_err *err)
{
    struct rt_run_options options = {.derive = derive};
    struct launch launch = {.batching = batching, .options = &options};
    bool several_ranks;
    int rc;

    options.hook_context = &launch;
    rc = rt_execute(context, execute, &options, err);
    several_ranks = context->guard != NULL;
    if (several_ranks && rt_ends_go_on(rc) && count_left(&launch))
        rc = say_left(context, &launch, count_left(&launch), err);
    else
        rc = run_others(context, execute, &launch, several_ranks, rc, err);
    clear_launch(&launch);
    return rc;
}
