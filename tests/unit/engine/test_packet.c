#include "tests/expect.h"

#include "engine/packet.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static void a_packet_arrives_with_text_and_descriptors(void **state)
{
    struct rt_packet packet = {.kind = RT_PACKET_WORKER, .id = 7, .number = 99, .fd_count = 1};
    struct rt_packet got;
    struct rt_err err;
    int pair[2];
    int ends[2];
    char c;

    (void)state;
    expect_ok(err, rt_packet_pair(pair, &err));
    assert_int_equal(pipe(ends), 0);
    packet.fds[0] = ends[1];
    rt_packet_set_text(&packet, "/scratch/worker-7");
    assert_int_equal(rt_packet_receive(pair[1], 0, &got, &err), 0);
    expect_ok(err, rt_packet_send(pair[0], &packet, &err));
    assert_int_equal(rt_packet_receive(pair[1], 1, &got, &err), 1);
    assert_int_equal(got.kind, RT_PACKET_WORKER);
    assert_int_equal(got.id, 7);
    assert_int_equal(got.number, 99);
    assert_string_equal(got.text, "/scratch/worker-7");
    assert_true(fcntl(got.fds[0], F_GETFD) & FD_CLOEXEC);
    assert_int_equal(write(got.fds[0], "x", 1), 1);
    assert_int_equal(read(ends[0], &c, 1), 1);
    close(got.fds[0]);
    close(ends[0]);
    close(ends[1]);
    close(pair[0]);
    packet.fd_count = 0;
    expect_error(err, RT_EPEER, "gone", rt_packet_receive(pair[1], 0, &got, &err));
    expect_error(err, RT_EPEER, "sending", rt_packet_send(pair[1], &packet, &err));
    close(pair[1]);
}

static void a_long_text_is_cut(void **state)
{
    static char text[RT_PACKET_TEXT * 2];
    struct rt_packet packet = {.kind = RT_PACKET_READY};

    (void)state;
    memset(text, 'x', sizeof text - 1);
    rt_packet_set_text(&packet, text);
    assert_int_equal(packet.text_size, RT_PACKET_TEXT - 1);
    assert_int_equal(strlen(packet.text), RT_PACKET_TEXT - 1);
}

static void what_is_no_packet_is_refused(void **state)
{
    struct rt_packet got;
    struct rt_err err;
    int pair[2];

    (void)state;
    expect_ok(err, rt_packet_pair(pair, &err));
    assert_int_equal(send(pair[0], "nonsense", 8, 0), 8);
    expect_error(err, RT_EPEER, "malformed", rt_packet_receive(pair[1], 0, &got, &err));
    close(pair[0]);
    close(pair[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_arrives_with_text_and_descriptors),
        cmocka_unit_test(a_long_text_is_cut),
        cmocka_unit_test(what_is_no_packet_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
