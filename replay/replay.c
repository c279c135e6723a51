#include "replay/replay.h"

#include "base/alloc.h"
#include "engine/accept.h"
#include "replay/points.h"
#include "replay/told.h"
#include "store/plan_column.h"
#include "store/uuid.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT 4

/* Items of one kind on their way to a plan. */
struct group {
    char *text;                  /* what tells it from others */
    const struct rt_plan *first; /* the plan of its first original */
    const struct rt_study *study;
    const struct rt_replay_item *item; /* its first */
    size_t *items;
    struct rt_origin *origins; /* of each item */
    size_t count;
    size_t capacity;
    size_t origin_capacity;
    bool runs; /* its columns have some */
};

struct making {
    struct rt_store *store;
    struct rt_db *index;
    const struct rt_replay_request *request;
    struct rt_origins *origins;
    struct group *groups;
    size_t count;
    size_t capacity;
    size_t last;  /* group of the item before */
    char **names; /* given out so far, as many as groups */
};

static void clear_making(struct making *making)
{
    for (size_t i = 0; i < making->count; i++) {
        free(making->groups[i].text);
        free(making->groups[i].items);
        free(making->groups[i].origins);
        if (making->names)
            free(making->names[i]);
    }
    free(making->names);
    free(making->groups);
    rt_origins_free(making->origins);
}

static bool alike(const struct rt_replay_item *a, const struct rt_replay_item *b)
{
    return a->code == b->code && a->entry == b->entry && a->root == b->root &&
           a->python == b->python && a->inputs == b->inputs;
}

/* The entry that the item has; yours. */
static struct rt_json *entry_of(const struct rt_replay_item *item, const struct rt_json *plan)
{
    struct rt_json *entry = rt_json_copy(item->entry ? item->entry : rt_json_get(plan, "entry"));

    if (item->python && item->python[0])
        rt_json_set_text(entry, "python", item->python);
    else if (item->python)
        rt_json_remove(entry, "python");
    return entry;
}

/* Sets what one study has once for all of its trials. */
static void set_common(struct rt_json *plan, const struct rt_replay_item *item,
                       const struct rt_json *from)
{
    static const char *const kept[] = {"limits",      "each", "isolation", "inputs",
                                       "code_ignore", "code", "root",      "objective"};
    char hex[RT_HASH_HEX];

    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        const struct rt_json *value = rt_json_get(from, kept[i]);

        if (value)
            rt_json_set(plan, kept[i], rt_json_copy(value));
    }
    rt_json_set(plan, "entry", entry_of(item, from));
    if (item->code)
        rt_json_set_text(plan, "code", rt_hash_hex(item->code, hex));
    if (item->root)
        rt_json_set_text(plan, "root", item->root);
    if (item->inputs)
        rt_json_set(plan, "inputs", rt_json_copy(item->inputs));
}

/* What must be equal for two items to be trials of one study. */
static char *kind_of(const struct rt_replay_item *item, const struct rt_plan *from)
{
    struct rt_json *common = rt_json_new_object();
    char *text;

    set_common(common, item, rt_plan_json(from));
    rt_json_remove(common, "objective");
    text = rt_json_text(common);
    rt_json_free(common);
    return text;
}

static struct group *group_of(struct making *making, const struct rt_replay_item *item,
                              const struct rt_origin *origin)
{
    struct group *group = making->count ? &making->groups[making->last] : NULL;
    char *text;

    if (group && group->first == origin->plan && alike(group->item, item))
        return group;
    assert(making->groups || !making->count);
    text = kind_of(item, origin->plan);
    for (making->last = 0; making->last < making->count; making->last++) {
        if (strcmp(making->groups[making->last].text, text) == 0) {
            free(text);
            return &making->groups[making->last];
        }
    }
    making->groups =
        rt_grow(making->groups, &making->capacity, making->count + 1, sizeof *making->groups);
    group = &making->groups[making->count++];
    *group =
        (struct group){.text = text, .first = origin->plan, .study = origin->study, .item = item};
    return group;
}

/* Puts in groups the items that can be run, or the others: into the first one, whatever they are,
 * for nothing of them is run. */
static int sort_into_groups(struct making *making, bool can, struct rt_err *err)
{
    for (size_t i = 0; i < making->request->count; i++) {
        const struct rt_replay_item *item = &making->request->items[i];
        struct rt_origin origin;
        struct group *group;
        int rc;

        if ((item->cannot == NULL) != can)
            continue;
        if ((rc = rt_origins_find(making->origins, item->origin.study, item->origin.ordinal,
                                  &origin, err)) < 0)
            return rc;
        group = can ? group_of(making, item, &origin) : &making->groups[0];
        group->items =
            rt_grow(group->items, &group->capacity, group->count + 1, sizeof *group->items);
        group->origins = rt_grow(group->origins, &group->origin_capacity, group->count + 1,
                                 sizeof *group->origins);
        group->items[group->count] = i;
        group->origins[group->count++] = origin;
    }
    return 0;
}

static int params_of(const struct rt_replay_item *item, const struct rt_origin *origin,
                     struct rt_pattern *pattern, struct rt_json **params, struct rt_err *err)
{
    if (item->params) {
        *params = rt_json_keep(item->params);
        return 0;
    }
    return rt_pattern_params(pattern, origin->plan, origin->index, params, err);
}

/* Whether all points are those of one plan, as they are. */
static bool are_unchanged(const struct making *making, const struct group *group)
{
    bool same = !rt_plan_driven(group->first);

    for (size_t i = 0; same && i < group->count; i++)
        same = !making->request->items[group->items[i]].params &&
               group->origins[i].plan == group->first;
    return same;
}

static void take_points(const struct group *group, struct rt_json *plan)
{
    uint64_t *points = rt_calloc(group->count, sizeof *points);

    for (size_t i = 0; i < group->count; i++)
        points[i] = group->origins[i].index;
    rt_points_take(plan, group->first, points, group->count);
    free(points);
}

static int set_points(const struct making *making, const struct group *group, struct rt_json *plan,
                      struct rt_err *err)
{
    struct rt_json **params;
    struct rt_pattern *pattern;
    int rc = 0;

    if (are_unchanged(making, group)) {
        take_points(group, plan);
        return 0;
    }
    params = rt_calloc(group->count, sizeof(struct rt_json *));
    pattern = rt_pattern_new();
    for (size_t i = 0; rc == 0 && i < group->count; i++)
        rc = params_of(&making->request->items[group->items[i]], &group->origins[i], pattern,
                       &params[i], err);
    if (rc == 0)
        rc = rt_points_set(plan, params, group->count, err);
    for (size_t i = 0; i < group->count; i++)
        rt_json_free(params[i]);
    rt_pattern_free(pattern);
    free(params);
    return rc;
}

/* Equal seeds stay equal, so that effects stay paired. */
static uint32_t fresh_seed(uint32_t seed, uint64_t nonce, uint64_t repeat)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_hash hash;

    rt_buf_add(&text, "retrial fresh seed");
    rt_buf_put_u8(&text, 0);
    rt_buf_put_u64(&text, seed);
    rt_buf_put_u64(&text, nonce);
    rt_buf_put_u64(&text, repeat);
    hash = rt_hash(rt_buf_span(&text));
    rt_buf_clear(&text);
    return (uint32_t)hash.bytes[0] | (uint32_t)hash.bytes[1] << 8 | (uint32_t)hash.bytes[2] << 16 |
           (uint32_t)hash.bytes[3] << 24;
}

static void set_column(struct rt_json *object, const char *key, const int64_t *values, size_t count,
                       struct group *group)
{
    rt_json_set(object, key, rt_plan_column_new(values, count, &group->runs));
}

static void set_seeds(const struct making *making, struct group *group, struct rt_json *plan)
{
    const struct rt_replay_request *request = making->request;
    struct rt_json *points = rt_json_new_object();
    uint64_t nonce = rt_state_studies(rt_store_state(making->store));
    uint32_t turns = request->fresh ? request->repeats : 1;
    int64_t *values = rt_calloc(group->count * turns, sizeof *values);

    for (size_t i = 0; i < group->count * turns; i++) {
        size_t k = i % group->count;
        const struct rt_replay_item *item = &request->items[group->items[k]];
        uint32_t seed = item->reseeded ? item->seed : group->origins[k].seed;

        values[i] = request->fresh ? fresh_seed(seed, nonce, i / group->count) : seed;
    }
    set_column(points, "seeds", values, group->count * turns, group);
    for (size_t i = 0; i < group->count; i++)
        values[i] = rt_plan_replicate(group->origins[i].plan, group->origins[i].index);
    set_column(points, "replicates", values, group->count, group);
    free(values);
    rt_json_set_int(points, "count", (int64_t)group->count);
    rt_json_set(plan, "points", points);
    rt_json_set_int(plan, "replicates", request->repeats);
    rt_json_set_int(plan, "seed", 0);
    rt_json_set_text(plan, "seeds", "shared");
}

static void add_once(struct rt_json *list, const char *id)
{
    for (size_t i = 0; i < rt_json_count(list); i++) {
        if (strcmp(rt_json_string(rt_json_at(list, i)), id) == 0)
            return;
    }
    rt_json_append(list, rt_json_new_string(id));
}

static void extend_chain(struct rt_json *chain, const struct rt_study *study)
{
    const struct rt_json *further = rt_json_get(rt_replay_of(study), "chain");

    add_once(chain, study->id);
    for (size_t i = 0; i < rt_json_count(further); i++)
        add_once(chain, rt_json_string(rt_json_at(further, i)));
}

/* The number of the original's study in the list, to which it is added if it is new. */
static int64_t study_in(struct rt_json *studies, struct rt_json *chain,
                        const struct rt_study *study, const char *store)
{
    struct rt_json *known;

    for (size_t i = rt_json_count(studies); i-- > 0;) {
        if (strcmp(rt_json_get_text(rt_json_at(studies, i), "id", ""), study->id) == 0)
            return (int64_t)i;
    }
    known = rt_json_new_object();
    rt_json_set_text(known, "store", store);
    rt_json_set_text(known, "id", study->id);
    rt_json_set_text(known, "name", study->name);
    rt_json_append(studies, known);
    extend_chain(chain, study);
    return (int64_t)rt_json_count(studies) - 1;
}

static struct rt_json *cannot_json(size_t point, const char *why)
{
    struct rt_json *pair = rt_json_new_array();

    rt_json_append(pair, rt_json_new_int((int64_t)point));
    rt_json_append(pair, rt_json_new_string(why));
    return pair;
}

/* Which trials the points are from. */
static void set_origins(const struct making *making, struct group *group, struct rt_json *replay)
{
    struct rt_json *studies = rt_json_new_array();
    struct rt_json *chain = rt_json_new_array();
    int64_t *values = rt_calloc(group->count, sizeof *values);
    char store[RT_UUID_TEXT];

    rt_uuid_text(rt_store_uuid(making->store), store);
    for (size_t i = 0; i < group->count; i++)
        values[i] = study_in(studies, chain, group->origins[i].study, store);
    if (rt_json_count(studies) > 1)
        set_column(replay, "study", values, group->count, group);
    rt_json_set(replay, "studies", studies);
    rt_json_set(replay, "chain", chain);
    for (size_t i = 0; i < group->count; i++)
        values[i] = (int64_t)group->origins[i].ordinal;
    set_column(replay, "ordinals", values, group->count, group);
    for (size_t i = 0; i < group->count; i++)
        values[i] = group->origins[i].attempt;
    set_column(replay, "attempts", values, group->count, group);
    free(values);
}

static void set_replay(const struct making *making, struct group *group, struct rt_json *plan)
{
    const struct rt_replay_request *request = making->request;
    struct rt_json *replay = rt_json_new_object();
    struct rt_json *cannot = rt_json_new_array();

    for (size_t i = 0; i < group->count; i++) {
        const char *why = request->items[group->items[i]].cannot;

        if (why)
            rt_json_append(cannot, cannot_json(i, why));
    }
    rt_json_set_text(replay, "kind", request->kind);
    set_origins(making, group, replay);
    if (rt_json_count(cannot))
        rt_json_set(replay, "cannot", rt_json_keep(cannot));
    rt_json_free(cannot);
    if (request->changes)
        rt_json_set(replay, "changes", rt_json_copy(request->changes));
    if (request->judge)
        rt_json_set(replay, "judge", rt_json_copy(request->judge));
    if (request->untold)
        rt_json_set(replay, "untold", rt_json_new_bool(true));
    rt_json_set(plan, "replay", replay);
}

static bool name_is_taken(const struct making *making, const char *name)
{
    if (rt_state_study_by_name(rt_store_state(making->store), name))
        return true;
    for (size_t i = 0; i < making->count; i++) {
        if (making->names[i] && strcmp(making->names[i], name) == 0)
            return true;
    }
    return false;
}

/* The study that everything goes back to names a replay of a replay, too. */
static const char *name_of_beginning(const struct making *making, const struct rt_study *study)
{
    const struct rt_json *chain = rt_json_get(rt_replay_of(study), "chain");
    const char *last =
        rt_json_count(chain) ? rt_json_string(rt_json_at(chain, rt_json_count(chain) - 1)) : NULL;
    const struct rt_study *first =
        last ? rt_state_study_by_id(rt_store_state(making->store), last) : NULL;

    return first ? first->name : study->name;
}

static int choose_name(struct making *making, size_t number, struct rt_err *err)
{
    const struct rt_replay_request *request = making->request;
    char *base = request->name
                     ? rt_strdup(request->name)
                     : rt_printf("%s_%s", name_of_beginning(making, making->groups[number].study),
                                 request->kind);
    char *name = rt_strdup(base);

    if (request->name && number == 0 && name_is_taken(making, name)) {
        free(name);
        rt_err_set(err, RT_ECONFLICT, "there is a study \"%s\" already; give another --name", base);
        free(base);
        return RT_ECONFLICT;
    }
    for (unsigned i = 2; name_is_taken(making, name); i++) {
        free(name);
        name = rt_printf("%s_%u", base, i);
    }
    making->names[number] = name;
    free(base);
    return 0;
}

static int make_plan(struct making *making, size_t number, struct rt_replay_plan *out,
                     struct rt_err *err)
{
    struct group *group = &making->groups[number];
    struct rt_json *plan = rt_json_new_object();
    int rc = choose_name(making, number, err);

    out->plan = plan;
    if (rc < 0)
        return rc;
    rt_json_set_text(plan, "name", making->names[number]);
    set_common(plan, group->item, rt_plan_json(group->first));
    set_seeds(making, group, plan);
    set_replay(making, group, plan);
    rt_json_set_int(plan, "format", group->runs ? RT_PLAN_COLUMN_FORMAT : FORMAT);
    if ((rc = set_points(making, group, plan, err)) < 0 ||
        (!making->request->untold && (rc = rt_told_set(making->store, making->index, group->origins,
                                                       group->count, plan, err)) < 0) ||
        (rc = rt_replay_source(making->index, group->study, &out->source_path, err)) < 0)
        return rc;
    out->items = group->items;
    out->count = group->count;
    group->items = NULL;
    return 0;
}

int rt_replay_plans_make(struct rt_store *store, struct rt_db *index,
                         const struct rt_replay_request *request, struct rt_replay_plans *out,
                         struct rt_err *err)
{
    struct making making = {.store = store, .index = index, .request = request};
    int rc;

    memset(out, 0, sizeof *out);
    rt_origins_new(index, RT_ORIGINS_ATTEMPTS, &making.origins);
    if ((rc = sort_into_groups(&making, true, err)) == 0 &&
        (rc = sort_into_groups(&making, false, err)) == 0) {
        making.names = rt_calloc(making.count, sizeof(char *));
        out->items = rt_calloc(making.count, sizeof *out->items);
        for (size_t i = 0; rc == 0 && i < making.count; i++) {
            out->count++;
            rc = make_plan(&making, i, &out->items[i], err);
        }
    }
    clear_making(&making);
    return rc;
}

void rt_replay_plans_clear(struct rt_replay_plans *plans)
{
    for (size_t i = 0; i < plans->count; i++) {
        rt_json_free(plans->items[i].plan);
        free(plans->items[i].items);
        free(plans->items[i].source_path);
    }
    free(plans->items);
    memset(plans, 0, sizeof *plans);
}

static int record(struct rt_store *store, struct rt_replay_plan *replay, struct rt_err *err)
{
    struct rt_plan *plan;
    struct rt_accept accept = {.source_path = replay->source_path};
    int rc = rt_plan_new(replay->plan, &plan, err);

    accept.plan = plan;
    if (rc == 0 && (rc = rt_accept_study(store, rt_plan_name(plan), &replay->study, err)) == 0)
        rc = rt_accept_plan(store, replay->study, &accept, err);
    rt_plan_free(plan);
    return rc;
}

int rt_replay_plans_record(struct rt_store *store, struct rt_replay_plans *plans,
                           struct rt_err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < plans->count; i++)
        rc = record(store, &plans->items[i], err);
    return rc < 0 ? rc : rt_store_commit(store, err);
}
