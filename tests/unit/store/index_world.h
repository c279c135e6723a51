#ifndef RT_TESTS_INDEX_WORLD_H
#define RT_TESTS_INDEX_WORLD_H
/* An index in a folder of its own that is told a history event by event. Every event is kept, so
 * that the same history can be told to a second index. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "store/db.h"
#include "store/index.h"
#include "store/state.h"
#include "tests/folder.h"

static const uint8_t world_uuid[16] = {0xAA};

struct world_event {
    enum rt_event_kind kind;
    struct rt_buf body;
};

struct world {
    char *folder;
    char *path; /* of the index */
    struct rt_state *state;
    struct rt_index *index;
    struct rt_buf body; /* of the next event */
    struct world_event *history;
    size_t count;
    size_t capacity;
    struct rt_err err;
};

static inline int world_apply(struct world *world, struct rt_state *state, struct rt_index *index,
                              size_t at)
{
    struct rt_event event = {.seq = at + 1,
                             .time_us = UINT64_C(1700000000000000) + at * 1000000,
                             .kind = world->history[at].kind,
                             .body = rt_buf_span(&world->history[at].body)};
    int rc = rt_state_apply(state, &event, &world->err);

    return rc < 0 ? rc : rt_index_apply(index, state, &event, &world->err);
}

/* Tells what is in world->body as the next event. */
static inline void world_say(struct world *world, enum rt_event_kind kind)
{
    world->history =
        rt_grow(world->history, &world->capacity, world->count + 1, sizeof *world->history);
    world->history[world->count++] = (struct world_event){kind, world->body};
    world->body = (struct rt_buf)RT_BUF_INIT;
    expect_ok(world->err, world_apply(world, world->state, world->index, world->count - 1));
}

static inline void world_say_text(struct world *world, enum rt_event_kind kind, const char *text)
{
    rt_buf_add(&world->body, text);
    world_say(world, kind);
}

static inline void world_commit(struct world *world)
{
    expect_ok(world->err, rt_index_commit(world->index, &world->err));
}

static inline void world_begin(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->folder = folder_new();
    world->path = rt_fs_join(world->folder, "index.sqlite");
    world->state = rt_state_new();
    expect_ok(world->err, rt_index_open(world->path, world_uuid, &world->index, &world->err));
    world_say_text(world, RT_EVENT_STORE,
                   "{\"format\":1,\"uuid\":\"aa000000-0000-0000-0000-000000000000\"}");
}

static inline void world_end(struct world *world)
{
    rt_index_close(world->index);
    rt_state_free(world->state);
    for (size_t i = 0; i < world->count; i++)
        rt_buf_clear(&world->history[i].body);
    free(world->history);
    rt_buf_clear(&world->body);
    folder_free(world->folder);
    free(world->path);
}

static inline void world_study(struct world *world, uint32_t study, const char *id,
                               const char *name)
{
    struct rt_json *body = rt_json_new_object();
    char *text;

    rt_json_set_int(body, "study", study);
    rt_json_set_text(body, "id", id);
    rt_json_set_text(body, "name", name);
    text = rt_json_text(body);
    world_say_text(world, RT_EVENT_STUDY, text);
    rt_json_free(body);
    free(text);
}

/* A plan with these params and axes, as JSON. */
static inline void world_plan(struct world *world, uint32_t study, const char *params,
                              const char *axes, unsigned replicates, unsigned retries)
{
    char *text = rt_printf(
        "{\"format\":1,\"name\":\"t\",\"entry\":{\"kind\":\"python\",\"file\":\"m.py\","
        "\"function\":\"f\"},\"params\":%s,\"axes\":%s,\"replicates\":%u,\"seed\":0,"
        "\"seeds\":\"shared\",\"objective\":{\"goal\":\"maximize\",\"metric\":\"val_acc\"},"
        "\"limits\":{\"timeout_us\":0,\"retries\":%u,\"output_bytes\":65536},"
        "\"each\":{\"threads\":1},\"code\":null,\"root\":\"t\"}",
        params, axes, replicates, retries);
    struct rt_json *json;
    struct rt_plan *plan;

    expect_ok(world->err, rt_json_parse(rt_span_text(text), &json, &world->err));
    expect_ok(world->err, rt_plan_new(json, &plan, &world->err));
    expect_ok(world->err, rt_state_plan_event(rt_state_study(world->state, study), plan, "the file",
                                              "/t.yaml", &world->body, &world->err));
    world_say(world, RT_EVENT_PLAN);
    rt_plan_free(plan);
    rt_json_free(json);
    free(text);
}

static inline void world_launch(struct world *world, uint32_t launch)
{
    char *text = rt_printf("{\"launch\":%u,\"command\":[\"retrial\",\"run\"],\"host\":\"here\"}",
                           (unsigned)launch);

    world_say_text(world, RT_EVENT_LAUNCH, text);
    free(text);
}

static inline void world_lease(struct world *world, uint32_t study, uint64_t first, uint64_t count,
                               uint32_t attempt, uint32_t launch)
{
    struct rt_lease_range range = {first, count, attempt};
    struct rt_lease lease = {launch, study, 0, &range, 1};

    rt_lease_put(&world->body, &lease);
    world_say(world, RT_EVENT_LEASE);
}

/* One attempt that ended, with a result or a reason. */
static inline void world_ended(struct world *world, uint32_t study, uint64_t ordinal,
                               uint32_t attempt, enum rt_outcome outcome, const char *text,
                               uint32_t flags)
{
    struct rt_payload payload = {.data = rt_span_text(text), .size = strlen(text)};
    struct rt_attempt row = {.study = study,
                             .ordinal = ordinal,
                             .attempt = attempt,
                             .launch = (uint32_t)rt_state_launches(world->state),
                             .worker = 3,
                             .position = 7,
                             .pid = 4711,
                             .start_us = UINT64_C(1700000000123456),
                             .duration_us = 2500000,
                             .user_us = 1000000,
                             .sys_us = 500000,
                             .max_rss_kib = 1024,
                             .seed = 42,
                             .outcome = outcome,
                             .flags = flags};

    if (outcome == RT_OUTCOME_OK)
        row.result = payload;
    else
        row.reason = payload;
    rt_attempts_put(&world->body, &row, 1);
    world_say(world, RT_EVENT_ATTEMPTS);
}

/* What sql gives, as sqlite3 prints it: columns by '|', rows by newlines. Yours. */
static inline char *world_ask(struct world *world, const char *sql)
{
    struct rt_buf out = RT_BUF_INIT;
    struct rt_stmt *stmt;
    struct rt_db *db;
    int rc;

    expect_ok(world->err, rt_db_open(world->path, RT_DB_READ, &db, &world->err));
    expect_ok(world->err, rt_db_prepare(db, sql, &stmt, NULL, &world->err));
    while ((rc = rt_stmt_step(stmt, &world->err)) > 0) {
        if (out.size)
            rt_buf_add(&out, "\n");
        for (int i = 0; i < rt_stmt_columns(stmt); i++) {
            const char *text = rt_stmt_get_text(stmt, i);

            rt_buf_add(&out, i ? "|" : "");
            rt_buf_add(&out, text ? text : "NULL");
        }
    }
    expect_ok(world->err, rc);
    rt_stmt_free(stmt);
    rt_db_close(db);
    return rt_buf_take(&out);
}

#define expect_answer(world, sql, want)                                                            \
    do {                                                                                           \
        char *expect_got_ = world_ask((world), (sql));                                             \
        assert_string_equal(expect_got_, (want));                                                  \
        free(expect_got_);                                                                         \
    } while (0)

#endif
