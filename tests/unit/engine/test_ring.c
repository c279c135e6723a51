#include "tests/expect.h"

#include "engine/ring.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct pair {
    struct rt_ring *agent;
    struct rt_ring *worker;
    unsigned char *memory; /* what users' code could scribble over */
    size_t size;
};

static void open_pair(struct pair *pair)
{
    struct rt_err err;
    struct stat info;
    int fd;

    expect_ok(err, rt_ring_new(&pair->agent, &fd, &err));
    expect_ok(err, rt_ring_open(fd, &pair->worker, &err));
    assert_int_equal(fstat(fd, &info), 0);
    pair->size = (size_t)info.st_size;
    pair->memory = mmap(NULL, pair->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(pair->memory, MAP_FAILED);
    close(fd);
}

static void close_pair(struct pair *pair)
{
    rt_ring_free(pair->agent);
    rt_ring_free(pair->worker);
    munmap(pair->memory, pair->size);
}

static void bytes_come_in_order_round_and_round(void **state)
{
    struct rt_buf sent = RT_BUF_INIT;
    struct rt_buf got = RT_BUF_INIT;
    struct pair pair;
    struct rt_err err;
    size_t at = 0;

    (void)state;
    open_pair(&pair);
    for (uint32_t i = 0; i < RT_RING_LANE; i++)
        rt_buf_put_u32(&sent, i * 2654435761u);
    while (at < sent.size) {
        size_t size = sent.size - at < 100003 ? sent.size - at : 100003;

        at += (size_t)rt_ring_write(pair.worker, rt_span(sent.data + at, size), &err);
        assert_true(rt_ring_read(pair.agent, &got, &err) > 0);
    }
    assert_int_equal(got.size, sent.size);
    assert_memory_equal(got.data, sent.data, sent.size);
    assert_int_equal(rt_ring_read(pair.agent, &got, &err), 0);
    rt_buf_clear(&sent);
    rt_buf_clear(&got);
    close_pair(&pair);
}

static void a_full_lane_takes_no_more(void **state)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct pair pair;
    struct rt_err err;

    (void)state;
    open_pair(&pair);
    memset(rt_buf_extend(&bytes, RT_RING_LANE + 10), 7, RT_RING_LANE + 10);
    assert_int_equal(rt_ring_write(pair.agent, rt_buf_span(&bytes), &err), RT_RING_LANE);
    assert_int_equal(rt_ring_write(pair.agent, rt_buf_span(&bytes), &err), 0);
    assert_int_equal(rt_ring_room(pair.agent, &err), 0);
    assert_int_equal(rt_ring_room(pair.worker, &err), RT_RING_LANE); /* the other direction */
    rt_buf_clear(&bytes);
    close_pair(&pair);
}

static void positions_that_cannot_be_are_refused(void **state)
{
    struct rt_buf got = RT_BUF_INIT;
    struct pair pair;
    struct rt_err err;

    (void)state;
    open_pair(&pair);
    memset(pair.memory, 0xA5, pair.size);
    expect_error(err, RT_EPEER, "went astray", (int)rt_ring_read(pair.agent, &got, &err));
    expect_error(err, RT_EPEER, "went astray",
                 (int)rt_ring_write(pair.agent, rt_span("x", 1), &err));
    expect_error(err, RT_EPEER, "tampered", (int)rt_ring_revoke(pair.agent, 5, &err));
    assert_int_equal(got.size, 0);
    rt_buf_clear(&got);
    close_pair(&pair);
}

static void what_is_taken_back_cannot_start_and_what_started_cannot_be_taken_back(void **state)
{
    struct pair pair;
    struct rt_err err;
    uint64_t since_us;

    (void)state;
    open_pair(&pair);
    assert_true(rt_ring_start(pair.worker, 1, 500));
    assert_int_equal(rt_ring_started(pair.agent, &since_us), 1);
    assert_int_equal(since_us, 500);
    assert_int_equal(rt_ring_revoke(pair.agent, 3, &err), 1);
    assert_false(rt_ring_start(pair.worker, 2, 600));
    assert_false(rt_ring_start(pair.worker, 3, 600));
    assert_true(rt_ring_start(pair.worker, 4, 700));
    assert_int_equal(rt_ring_revoke(pair.agent, 6, &err), 4);
    close_pair(&pair);
}

static void an_end_that_sleeps_is_to_be_woken_once_for_what_it_wants(void **state)
{
    struct pair pair;
    struct rt_err err;

    (void)state;
    open_pair(&pair);
    assert_false(rt_ring_must_wake(pair.agent, RT_RING_INPUT));
    assert_true(rt_ring_sleep(pair.worker, RT_RING_INPUT));
    assert_false(rt_ring_must_wake(pair.agent, RT_RING_ROOM));
    assert_true(rt_ring_must_wake(pair.agent, RT_RING_INPUT));
    assert_false(rt_ring_must_wake(pair.agent, RT_RING_INPUT));
    rt_ring_write(pair.agent, rt_span("x", 1), &err);
    assert_false(rt_ring_sleep(pair.worker, RT_RING_INPUT)); /* there is something */
    close_pair(&pair);
}

static void another_file_is_no_ring(void **state)
{
    struct rt_ring *ring;
    struct rt_err err;

    (void)state;
    expect_error(err, RT_EPEER, "is none", rt_ring_open(0, &ring, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_in_order_round_and_round),
        cmocka_unit_test(a_full_lane_takes_no_more),
        cmocka_unit_test(positions_that_cannot_be_are_refused),
        cmocka_unit_test(what_is_taken_back_cannot_start_and_what_started_cannot_be_taken_back),
        cmocka_unit_test(an_end_that_sleeps_is_to_be_woken_once_for_what_it_wants),
        cmocka_unit_test(another_file_is_no_ring),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
