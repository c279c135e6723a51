/* Random histories: whatever happens, the view says of each trial what the state says. */
#include "tests/expect.h"
#include "tests/unit/store/index_world.h"

#define STEPS 400
#define SEEDS 30

struct open_lease {
    uint64_t ordinal;
    uint32_t attempt;
};

struct open_leases {
    struct open_lease items[4096];
    size_t count;
};

struct game {
    struct world world;
    uint64_t random;
    struct open_leases lost; /* whose results may yet come, late */
};

static uint64_t roll(struct game *game, uint64_t sides)
{
    game->random ^= game->random << 13;
    game->random ^= game->random >> 7;
    game->random ^= game->random << 17;
    return game->random % sides;
}

static const struct rt_study *study_of(const struct game *game)
{
    return rt_state_study(game->world.state, 1);
}

static void collect(void *context, uint32_t study, uint64_t ordinal, uint32_t attempt,
                    uint32_t launch, uint32_t rank)
{
    struct open_leases *leases = context;

    (void)study;
    (void)launch;
    (void)rank;
    if (leases->count < sizeof leases->items / sizeof leases->items[0])
        leases->items[leases->count++] = (struct open_lease){ordinal, attempt};
}

/* x is always swept; y and k are swept in some plans and fixed in others. */
static void plan(struct game *game)
{
    bool y = roll(game, 2);
    bool k = roll(game, 3) == 0;
    char *axes = rt_printf("[{\"key\":\"x\",\"from\":\"%u\",\"step\":\"0.5\",\"count\":%u,"
                           "\"kind\":\"real\"}%s%s]",
                           (unsigned)roll(game, 3), 2 + (unsigned)roll(game, 5),
                           y ? ",{\"key\":\"y\",\"values\":[\"a\",\"b\"]}" : "",
                           k ? ",{\"key\":\"k\",\"values\":[1.5,2.5]}" : "");
    char *params = rt_printf("{%s%s%s}",
                             k               ? ""
                             : roll(game, 2) ? "\"k\":1.5"
                                             : "\"k\":2.5",
                             y || k ? "" : ",", y ? "" : "\"y\":\"a\"");

    world_plan(&game->world, 1, params, axes, 1 + (unsigned)roll(game, 4), (unsigned)roll(game, 3));
    free(params);
    free(axes);
}

static void lease(struct game *game)
{
    uint64_t first = rt_study_next_waiting(study_of(game), 1);
    uint64_t last = first;
    uint32_t attempt;

    if (!first)
        return;
    attempt = rt_state_trial(study_of(game), first).attempts + 1;
    while (last - first < roll(game, 6)) {
        struct rt_trial next = rt_state_trial(study_of(game), last + 1);

        if (last + 1 > study_of(game)->ordinals || next.status != RT_TRIAL_WAITING ||
            next.attempts + 1 != attempt)
            break;
        last++;
    }
    world_lease(&game->world, 1, first, last - first + 1, attempt,
                (uint32_t)rt_state_launches(game->world.state));
}

static void end_one(struct game *game, struct open_lease which, uint32_t flags)
{
    static const char *const results[] = {"{\"m\":1}", "{\"m\":2.5,\"n\":true}",
                                          "{\"m\":{\"$float\":\"nan\"}}", "{\"m\":\"text\"}", "{}"};
    enum rt_outcome outcome =
        roll(game, 10) < 6 ? RT_OUTCOME_OK : RT_OUTCOME_FAILED + (enum rt_outcome)roll(game, 3);

    world_ended(&game->world, 1, which.ordinal, which.attempt, outcome,
                outcome == RT_OUTCOME_OK ? results[roll(game, 5)] : "why", flags);
}

static void end_leased(struct game *game)
{
    struct open_leases open = {.count = 0};

    rt_state_open_leases(game->world.state, collect, &open);
    if (open.count)
        end_one(game, open.items[roll(game, open.count)], 0);
}

static void end_late(struct game *game)
{
    if (game->lost.count) {
        size_t at = roll(game, game->lost.count);
        struct open_lease which = game->lost.items[at];

        game->lost.items[at] = game->lost.items[--game->lost.count];
        world_ended(&game->world, 1, which.ordinal, which.attempt, RT_OUTCOME_OK, "{\"m\":9}",
                    RT_ATTEMPT_LATE);
    }
}

static void give_back(struct game *game)
{
    struct open_leases open = {.count = 0};
    struct rt_lease_range range = {0, 1, 0};
    struct rt_lease body = {(uint32_t)rt_state_launches(game->world.state), 1, 0, &range, 1};

    rt_state_open_leases(game->world.state, collect, &open);
    if (!open.count)
        return;
    range.ordinal = open.items[0].ordinal;
    range.attempt = open.items[0].attempt;
    for (size_t i = 0; i < open.count; i++) {
        if (roll(game, open.count) == 0) {
            range.ordinal = open.items[i].ordinal;
            range.attempt = open.items[i].attempt;
        }
    }
    rt_lease_put(&game->world.body, &body);
    world_say(&game->world, RT_EVENT_RETURN);
}

static void die(struct game *game)
{
    world_launch(&game->world, (uint32_t)rt_state_launches(game->world.state) + 1);
    rt_state_lost_leases(game->world.state, collect, &game->lost);
}

static const char *status_name(enum rt_trial_status status)
{
    return status == RT_TRIAL_DONE ? "done" : status == RT_TRIAL_LEASED ? "running" : "waiting";
}

static void put_expected(const struct rt_study *study, uint64_t ordinal, uint64_t point,
                         struct rt_buf *want)
{
    struct rt_trial trial = rt_state_trial(study, ordinal);
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *params;
    struct rt_err err;

    rt_plan_params(study->plan, point, &text);
    expect_ok(err, rt_json_parse(rt_buf_span(&text), &params, &err));
    rt_buf_printf(want, "%s%d|%d|%s|%s|%.1f|%s|%.1f", want->size ? "\n" : "", (int)ordinal,
                  (int)rt_plan_replicate(study->plan, point), status_name(trial.status),
                  trial.outcome ? rt_outcome_name(trial.outcome) : "NULL",
                  rt_json_number(rt_json_get(params, "x")), rt_json_get_text(params, "y", "?"),
                  rt_json_number(rt_json_get(params, "k")));
    rt_json_free(params);
    rt_buf_clear(&text);
}

static void compare(struct game *game)
{
    const struct rt_study *study = study_of(game);
    struct rt_buf want = RT_BUF_INIT;
    char *got;

    for (uint64_t ordinal = 1; ordinal <= study->ordinals; ordinal++) {
        uint64_t point = rt_study_index(study, ordinal);

        if (point != UINT64_MAX)
            put_expected(study, ordinal, point, &want);
    }
    got = world_ask(&game->world, "SELECT ordinal, replicate, status, outcome, x, y, k FROM s "
                                  "ORDER BY ordinal");
    assert_string_equal(got, rt_buf_text(&want));
    free(got);
    rt_buf_clear(&want);
}

static void commit(struct game *game)
{
    struct world *world = &game->world;

    world_commit(world);
    compare(game);
    if (roll(game, 4) == 0) {
        rt_index_close(world->index);
        expect_ok(world->err, rt_index_open(world->path, world_uuid, &world->index, &world->err));
        assert_int_equal(rt_index_position(world->index), world->count);
    }
}

static void step(struct game *game)
{
    uint64_t what = roll(game, 100);

    if (what < 30)
        lease(game);
    else if (what < 78)
        end_leased(game);
    else if (what < 84)
        end_late(game);
    else if (what < 89)
        give_back(game);
    else if (what < 91)
        die(game);
    else if (what < 92)
        plan(game);
    else
        commit(game);
}

/* An attempt is in the index once for its end, and once more if it comes after it was lost. */
static void count_attempts(struct game *game)
{
    struct open_leases open = {.count = 0};
    int64_t leased = 0;
    int64_t late = 0;
    char *want;

    for (size_t i = 0; i < game->world.count; i++) {
        struct rt_span body = rt_buf_span(&game->world.history[i].body);
        enum rt_event_kind kind = game->world.history[i].kind;
        struct rt_attempts_reader reader;
        struct rt_attempt row;
        struct rt_lease lease_of;

        if (kind == RT_EVENT_ATTEMPTS) {
            expect_ok(game->world.err, rt_attempts_open(&reader, body, &game->world.err));
            assert_int_equal(rt_attempts_next(&reader, &row, &game->world.err), 1);
            late += (row.flags & RT_ATTEMPT_LATE) != 0;
        } else if (kind == RT_EVENT_LEASE || kind == RT_EVENT_RETURN) {
            expect_ok(game->world.err, rt_lease_get(body, &lease_of, &game->world.err));
            leased += (kind == RT_EVENT_LEASE ? 1 : -1) * (int64_t)lease_of.ranges[0].count;
            free(lease_of.ranges);
        }
    }
    rt_state_open_leases(game->world.state, collect, &open);
    want = rt_printf("%lld", (long long)(leased - (int64_t)open.count + late));
    expect_answer(&game->world, "SELECT count(*) FROM \"s.attempts\"", want);
    free(want);
}

static void play(uint64_t seed)
{
    struct game game = {.random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1};

    world_begin(&game.world);
    world_study(&game.world, 1, "k3f9", "s");
    plan(&game);
    world_launch(&game.world, 1);
    for (int i = 0; i < STEPS; i++)
        step(&game);
    commit(&game);
    count_attempts(&game);
    world_end(&game.world);
}

static void the_view_says_what_the_state_says(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= expect_turns(SEEDS); seed++)
        play(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_view_says_what_the_state_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
