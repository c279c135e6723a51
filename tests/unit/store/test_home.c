#include "tests/expect.h"
#include "tests/folder.h"
#include "tests/unit/store/store_world.h"

#include "store/claim.h"
#include "store/home_history.h"
#include "store/home_pull.h"
#include "store/hot.h"
#include "store/publisher.h"

#include <fcntl.h>
#include <sys/stat.h>

#define HOUR_US 3600000000u

/* A store with its home, as a launch has them. */
struct world {
    char *folder;
    char *path; /* of the store */
    char *home;
    struct rt_home facts;
    struct rt_store *store;
    struct rt_claim *claim;
    struct rt_publisher *publisher;
};

static void open_world(struct world *world)
{
    struct rt_hot_request request = {
        .home = world->home, .store = world->path, .interval_us = HOUR_US};
    struct rt_err err;
    char *path;
    int rc;

    do /* a sign of life may come between */
        rc = rt_hot_open(&request, &world->claim, &path, &err);
    while (rc == RT_ELOCKED && strstr(err.text, "it lives"));
    if (rc < 0)
        fail_msg("%s", err.text);
    assert_string_equal(path, world->path);
    expect_ok(err, rt_store_open(path, RT_STORE_WRITE, &world->store, &err));
    expect_ok(err, rt_publisher_start(world->claim, world->store, &world->publisher, &err));
    free(path);
}

static void new_world(struct world *world)
{
    struct rt_err err;
    char *folder = folder_new();

    world->folder = rt_fs_absolute(folder);
    free(folder);
    world->path = rt_fs_join(world->folder, "store");
    world->home = rt_fs_join(world->folder, "home");
    expect_ok(err, rt_store_close(make_store(world->path), &err));
    expect_ok(err, rt_store_open(world->path, RT_STORE_READ, &world->store, &err));
    expect_ok(err, rt_home_make(world->home, rt_store_uuid(world->store), &err));
    expect_ok(err, rt_store_close(world->store, &err));
    expect_ok(err, rt_home_read(world->home, &world->facts, &err));
}

static void close_world(struct world *world)
{
    struct rt_err err;

    expect_ok(err, rt_publisher_stop(world->publisher, &err));
    expect_ok(err, rt_store_close(world->store, &err));
    expect_ok(err, rt_claim_give_back(world->claim, true, &err));
}

static void free_world(struct world *world)
{
    free(world->path);
    free(world->home);
    folder_free(world->folder);
}

static void newest(const struct world *world, struct rt_home_writer *writer)
{
    struct rt_err err;
    uint32_t number;

    expect_ok(err, rt_home_newest(world->home, &number, &err));
    expect_ok(err, rt_home_begun(world->home, number, writer, &err));
    assert_true(writer->begun);
}

static uint64_t size_of(const char *path)
{
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    return (uint64_t)info.st_size;
}

/* All events of the home, as put_event() has those of a store. */
static int read_home(const struct world *world, struct rt_buf *out, struct rt_err *err)
{
    struct rt_home_writer writer;
    int rc;

    newest(world, &writer);
    rc = rt_home_events(world->home, world->facts.uuid, &writer, 1, put_event, out, err);
    rt_home_writer_clear(&writer);
    return rc;
}

static void assert_home_is(const struct world *world, const struct rt_buf *events)
{
    struct rt_buf found = RT_BUF_INIT;
    struct rt_err err;

    expect_ok(err, read_home(world, &found, &err));
    assert_int_equal(found.size, events->size);
    assert_memory_equal(found.data, events->data, found.size);
    rt_buf_clear(&found);
}

static void events_in(struct rt_store *store, struct rt_buf *out)
{
    struct rt_err err;

    rt_buf_reset(out);
    expect_ok(err, rt_store_read(store, 1, put_event, out, &err));
}

static void events_of(const char *path, struct rt_buf *out)
{
    struct rt_store *store;
    struct rt_err err;

    expect_ok(err, rt_store_open(path, RT_STORE_READ, &store, &err));
    events_in(store, out);
    expect_ok(err, rt_store_close(store, &err));
}

/* Leases and ends the trials from `first` on. */
static void run_trials(struct rt_store *store, uint64_t first, uint64_t count)
{
    struct rt_buf body = RT_BUF_INIT;
    struct rt_err err;

    story_lease(&body, first, count, 1, 1, 0);
    append(store, RT_EVENT_LEASE, &body);
    story_attempts(&body, first, count, 1, 1, 0, RT_OUTCOME_OK, 0);
    append(store, RT_EVENT_ATTEMPTS, &body);
    expect_ok(err, rt_store_commit(store, &err));
    rt_buf_clear(&body);
}

static void a_home_has_what_its_store_has_and_a_replica_too(void **state)
{
    struct rt_buf events = RT_BUF_INIT;
    struct rt_buf copied = RT_BUF_INIT;
    struct rt_home_writer writer;
    struct world world;
    struct rt_err err;
    char *replica;

    (void)state;
    new_world(&world);
    open_world(&world);
    run_trials(world.store, 2, 50);
    close_world(&world);
    events_of(world.path, &events);
    assert_home_is(&world, &events);
    newest(&world, &writer);
    assert_int_equal(writer.attempts, 51);
    assert_true(writer.ended_us >= writer.level_us && writer.level_us > 0);
    replica = rt_fs_join(world.folder, "replica");
    expect_ok(err, rt_home_found(world.home, &world.facts, &writer, replica, &err));
    expect_ok(err, rt_home_pull(world.home, &world.facts, &writer, replica, &err));
    events_of(replica, &copied);
    assert_int_equal(events.size, copied.size);
    assert_memory_equal(events.data, copied.data, events.size);
    rt_home_writer_clear(&writer);
    rt_buf_clear(&events);
    rt_buf_clear(&copied);
    free(replica);
    free_world(&world);
}

/* Brings the home level now. */
static void publish(struct world *world)
{
    struct rt_err err;

    expect_ok(err, rt_publisher_stop(world->publisher, &err));
    expect_ok(err, rt_publisher_start(world->claim, world->store, &world->publisher, &err));
}

static void a_publication_costs_what_is_new(void **state)
{
    struct rt_buf body = RT_BUF_INIT;
    struct rt_buf before = RT_BUF_INIT;
    struct rt_buf after = RT_BUF_INIT;
    struct world world;
    struct rt_err err;
    char *journal;
    uint64_t large;

    (void)state;
    new_world(&world);
    open_world(&world);
    for (int i = 0; i < 40; i++) { /* 2 MiB of other events */
        rt_buf_printf(&body, "{\"launch\":1,\"rank\":%d,\"note\":\"%050000d\"}", i, i);
        append(world.store, RT_EVENT_AGENT, &body);
    }
    run_trials(world.store, 2, 90);
    publish(&world);
    journal = rt_home_journal_path(world.home, 1);
    large = size_of(journal);
    assert_true(large > 2000000);
    expect_ok(err, rt_fs_read(journal, &before, &err));
    run_trials(world.store, 92, 2);
    publish(&world);
    expect_ok(err, rt_fs_read(journal, &after, &err));
    assert_true(after.size > before.size && after.size < before.size + 2000);
    assert_memory_equal(before.data, after.data, before.size);
    publish(&world); /* nothing is new */
    assert_int_equal(size_of(journal), after.size);
    close_world(&world);
    rt_buf_clear(&body);
    rt_buf_clear(&before);
    rt_buf_clear(&after);
    free(journal);
    free_world(&world);
}

static void what_did_not_come_to_its_end_is_written_over(void **state)
{
    struct rt_buf events = RT_BUF_INIT;
    struct world world;
    char *journal;
    FILE *file;

    (void)state;
    new_world(&world);
    open_world(&world);
    publish(&world);
    journal = rt_home_journal_path(world.home, 1);
    file = fopen(journal, "ab");
    assert_non_null(file);
    fprintf(file, "%0500d", 7);
    fclose(file);
    events_in(world.store, &events);
    assert_home_is(&world, &events);
    run_trials(world.store, 2, 1);
    publish(&world);
    events_in(world.store, &events);
    assert_home_is(&world, &events);
    close_world(&world);
    rt_buf_clear(&events);
    free(journal);
    free_world(&world);
}

static void flip(const char *path, uint64_t at)
{
    int fd = open(path, O_RDWR);
    unsigned char byte;

    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
    byte ^= 0x10;
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
    close(fd);
}

static void a_flipped_bit_or_a_cut_is_found(void **state)
{
    struct rt_buf events = RT_BUF_INIT;
    struct world world;
    struct rt_err err;
    char *journal;
    uint64_t size;

    (void)state;
    new_world(&world);
    open_world(&world);
    publish(&world);
    run_trials(world.store, 2, 1);
    close_world(&world);
    journal = rt_home_journal_path(world.home, 1);
    size = size_of(journal);
    for (uint64_t at = 0; at < size; at += 1 + at % 7) {
        flip(journal, at);
        rt_buf_reset(&events);
        expect_error(err, RT_EDAMAGED, "journal/00000001", read_home(&world, &events, &err));
        flip(journal, at);
    }
    for (uint64_t left = 0; left < size; left += 37) {
        struct rt_buf whole = RT_BUF_INIT;

        expect_ok(err, rt_fs_read(journal, &whole, &err));
        assert_int_equal(truncate(journal, (off_t)left), 0);
        expect_error(err, RT_EDAMAGED, "journal/00000001", read_home(&world, &events, &err));
        expect_ok(err, rt_fs_replace(journal, rt_buf_span(&whole), 0600, &err));
        rt_buf_clear(&whole);
    }
    rt_buf_clear(&events);
    events_of(world.path, &events);
    assert_home_is(&world, &events);
    rt_buf_clear(&events);
    free(journal);
    free_world(&world);
}

/* Makes the writer's file say that it is on another host. */
static void move_away(struct world *world)
{
    struct rt_home_writer *self = rt_claim_self(world->claim);
    struct rt_err err;

    snprintf(self->owner.host, sizeof self->owner.host, "elsewhere");
    snprintf(self->owner.boot, sizeof self->owner.boot, "00000000-0000-4000-8000-000000000000");
    snprintf(self->owner.machine, sizeof self->owner.machine, "00000000000000000000000000000000");
    expect_ok(err, rt_claim_write(world->claim, &err));
}

static void a_writer_taken_for_dead_does_no_harm(void **state)
{
    struct rt_home_writer late;
    struct rt_buf events = RT_BUF_INIT;
    struct rt_buf then = RT_BUF_INIT;
    struct world world;
    struct world other;
    struct rt_err err;

    (void)state;
    setenv("RETRIAL_TAKEOVER", "100ms", 1);
    new_world(&world);
    open_world(&world);
    expect_ok(err, rt_publisher_stop(world.publisher, &err));
    move_away(&world);
    events_in(world.store, &then);
    other = world;
    other.path = rt_fs_join(world.folder, "other");
    open_world(&other);
    run_trials(world.store, 2, 1); /* goes on, and does not know */
    expect_ok(err, rt_publisher_start(world.claim, world.store, &world.publisher, &err));
    expect_error(err, RT_ELOCKED, "taken over", rt_publisher_stop(world.publisher, &err));
    assert_home_is(&world, &then);
    late = *rt_claim_self(world.claim); /* even what was on its way changes nothing */
    late.head.seq += 2;
    late.head.bytes += 1000;
    expect_ok(err, rt_home_writer_replace(world.home, &late, &err));
    assert_home_is(&world, &then);
    run_trials(other.store, 2, 3);
    close_world(&other);
    events_of(other.path, &events);
    assert_home_is(&world, &events);
    expect_ok(err, rt_store_close(world.store, &err));
    rt_claim_give_back(world.claim, false, NULL);
    rt_buf_clear(&events);
    rt_buf_clear(&then);
    free(other.path);
    free_world(&world);
    unsetenv("RETRIAL_TAKEOVER");
}

/* Each finds what the others did meanwhile. The hosts have one name here: their hot stores are kept
 * from each other by being elsewhere. */
static void hosts_take_turns(void **state)
{
    struct rt_buf events = RT_BUF_INIT;
    struct world world;
    struct world host[3];

    (void)state;
    new_world(&world);
    for (int k = 0; k < 3; k++) {
        host[k] = world;
        host[k].path = k ? rt_printf("%s/host-%d", world.folder, k) : rt_strdup(world.path);
    }
    for (int turn = 0; turn < 9; turn++) {
        struct world *now = &host[(turn * 2) % 3];
        struct world *next = &host[(turn * 2 + 2) % 3];
        char *away = rt_printf("%s.away", now->path);

        open_world(now);
        run_trials(now->store, 2 + 5 * (uint64_t)turn, 5);
        if (turn % 2)
            publish(now);
        run_trials(now->store, 60 + (uint64_t)turn, 1);
        close_world(now);
        events_of(now->path, &events);
        assert_home_is(now, &events);
        assert_int_equal(rename(now->path, away), 0); /* the next one does not see it */
        if (turn >= 2) {
            char *back = rt_printf("%s.away", next->path);

            assert_int_equal(rename(back, next->path), 0);
            free(back);
        }
        free(away);
    }
    for (int k = 0; k < 3; k++)
        free(host[k].path);
    rt_buf_clear(&events);
    free_world(&world);
}

static void a_home_has_one_writer(void **state)
{
    struct rt_claim_request request = {.hot = "/x", .interval_us = HOUR_US};
    struct rt_claim *claim;
    struct world world;
    struct rt_err err;

    (void)state;
    new_world(&world);
    open_world(&world);
    request.home = world.home;
    expect_error(err, RT_ELOCKED, "on this host", rt_claim_take(&request, &claim, &err));
    setenv("RETRIAL_TAKEOVER", "20s", 1);
    expect_ok(err, rt_publisher_stop(world.publisher, &err)); /* it writes the same file */
    move_away(&world);
    expect_ok(err, rt_publisher_start(world.claim, world.store, &world.publisher, &err));
    /* The publisher and the claim give signs of life. */
    expect_error(err, RT_ELOCKED, "and it lives", rt_claim_take(&request, &claim, &err));
    unsetenv("RETRIAL_TAKEOVER");
    close_world(&world);
    expect_ok(err, rt_claim_take(&request, &claim, &err));
    assert_int_equal(rt_claim_base(claim)->number, 1);
    expect_ok(err, rt_claim_give_back(claim, true, &err));
    free_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_home_has_what_its_store_has_and_a_replica_too),
        cmocka_unit_test(a_publication_costs_what_is_new),
        cmocka_unit_test(what_did_not_come_to_its_end_is_written_over),
        cmocka_unit_test(a_flipped_bit_or_a_cut_is_found),
        cmocka_unit_test(a_writer_taken_for_dead_does_no_harm),
        cmocka_unit_test(hosts_take_turns),
        cmocka_unit_test(a_home_has_one_writer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
