#include "tests/expect.h"
#include "tests/child.h"
#include "tests/folder.h"

#include "store/control.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

static struct rt_json *answer(void *context, const struct rt_json *request)
{
    struct rt_json *reply = rt_json_new_object();

    ++*(int *)context;
    rt_json_set_int(reply, "twice", 2 * rt_json_get_int(request, "n", 0));
    return reply;
}

/* A folder whose path alone is longer than an address of a socket may be. */
static char *deep_folder(const char *folder)
{
    char *deep = rt_printf("%s/%060d/%060d", folder, 1, 2);
    struct rt_err err;

    expect_ok(err, rt_fs_mkdirs(deep, &err));
    return deep;
}

/* Answers until the child has ended; returns its status. */
static int serve(struct rt_control *control, pid_t pid, int *asked)
{
    struct pollfd fds[RT_CONTROL_FDS];
    int status;

    for (int i = 0; i < 1000 && waitpid(pid, &status, WNOHANG) == 0; i++) {
        poll(fds, rt_control_fds(control, fds, RT_CONTROL_FDS), 10);
        rt_control_step(control, answer, asked);
        if (i == 999)
            fail_msg("the child does not end");
    }
    return status;
}

static int ask(const char *folder, int n)
{
    struct rt_json *request = rt_json_new_object();
    struct rt_json *reply = NULL;
    int64_t twice;
    int rc;

    rt_json_set_int(request, "n", n);
    rc = rt_control_ask(folder, request, 5000000, &reply, NULL);
    twice = rc == 0 ? rt_json_get_int(reply, "twice", -1) : -1;
    rt_json_free(request);
    rt_json_free(reply);
    return twice == 2 * n ? 0 : 1;
}

static void a_request_is_answered_however_deep_the_store_lies(void **state)
{
    char *folder = folder_new();
    char *deep = deep_folder(folder);
    char *socket_path = rt_fs_join(deep, "control");
    struct rt_control *control;
    struct rt_err err;
    struct stat info;
    int asked = 0;
    pid_t pid;

    (void)state;
    expect_ok(err, rt_control_open(deep, &control, &err));
    assert_int_equal(stat(socket_path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    pid = fork();
    if (pid == 0)
        child_end(ask(deep, 21) || ask(deep, 4));
    assert_int_equal(serve(control, pid, &asked), 0);
    assert_int_equal(asked, 2);
    rt_control_close(control);
    assert_false(rt_fs_exists(socket_path));
    free(socket_path);
    free(deep);
    folder_free(folder);
}

static void nobody_there_is_not_found(void **state)
{
    char *folder = folder_new();
    char *missing = rt_fs_join(folder, "missing");
    struct rt_json *request = rt_json_new_object();
    struct rt_json *reply;
    struct rt_control *control;
    struct rt_err err;

    (void)state;
    expect_error(err, RT_ENOTFOUND, "nothing is running in",
                 rt_control_ask(folder, request, 1000000, &reply, &err));
    expect_error(err, RT_ENOTFOUND, "missing",
                 rt_control_ask(missing, request, 1000000, &reply, &err));
    expect_ok(err, rt_control_open(folder, &control, &err));
    expect_error(err, RT_EPEER, "does not answer",
                 rt_control_ask(folder, request, 10000, &reply, &err));
    rt_control_close(control);
    rt_json_free(request);
    free(missing);
    folder_free(folder);
}

static void a_socket_that_a_dead_writer_left_is_replaced(void **state)
{
    char *folder = folder_new();
    struct rt_control *control;
    struct rt_json *request = rt_json_new_object();
    struct rt_json *reply;
    struct rt_err err;
    int status;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        if (rt_control_open(folder, &control, NULL) < 0)
            child_end(1);
        child_end(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    expect_error(err, RT_ENOTFOUND, "nothing is running in",
                 rt_control_ask(folder, request, 1000000, &reply, &err));
    expect_ok(err, rt_control_open(folder, &control, &err));
    rt_control_close(control);
    rt_json_free(request);
    folder_free(folder);
}

static int send_raw(const char *folder, const char *text, size_t size, char *back, size_t room)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    size_t got = 0;

    snprintf(name.sun_path, sizeof name.sun_path, "%s/control", folder);
    if (connect(fd, (struct sockaddr *)&name, sizeof name) < 0)
        return -1;
    for (size_t sent = 0; sent < size;) {
        ssize_t put = send(fd, text + sent, size - sent, MSG_NOSIGNAL);

        if (put < 0)
            break;
        sent += (size_t)put;
    }
    shutdown(fd, SHUT_WR);
    for (ssize_t more = 1; more > 0 && got<room - 1; got += more> 0 ? (size_t)more : 0)
        more = recv(fd, back + got, room - 1 - got, 0);
    back[got] = '\0';
    close(fd);
    return (int)got;
}

static void requests_are_answered_in_order_and_nonsense_is_told(void **state)
{
    static const char text[] = "{\"n\":1}\n[1]\n{\"n\":\n{\"n\":3}\nrest without end";
    static const char want[] = "{\"twice\":2}\n"
                               "{\"error\":\"a request is one JSON object on one line\"}\n"
                               "{\"error\":\"a request is one JSON object on one line\"}\n"
                               "{\"twice\":6}\n";
    char *folder = folder_new();
    struct rt_control *control;
    struct rt_err err;
    int asked = 0;
    pid_t pid;

    (void)state;
    expect_ok(err, rt_control_open(folder, &control, &err));
    pid = fork();
    if (pid == 0) {
        char back[1024];

        send_raw(folder, text, sizeof text - 1, back, sizeof back);
        child_end(strcmp(back, want) != 0);
    }
    assert_int_equal(serve(control, pid, &asked), 0);
    assert_int_equal(asked, 2);
    rt_control_close(control);
    folder_free(folder);
}

static void a_request_without_end_is_hung_up_on(void **state)
{
    char *folder = folder_new();
    struct rt_control *control;
    struct rt_err err;
    int asked = 0;
    pid_t pid;

    (void)state;
    expect_ok(err, rt_control_open(folder, &control, &err));
    pid = fork();
    if (pid == 0) {
        size_t size = 1 << 20;
        char *text = malloc(size);
        char back[64];

        memset(text, 'x', size);
        child_end(send_raw(folder, text, size, back, sizeof back) != 0);
    }
    assert_int_equal(serve(control, pid, &asked), 0);
    assert_int_equal(asked, 0);
    rt_control_close(control);
    folder_free(folder);
}

static void more_clients_than_there_is_room_for_wait_their_turn(void **state)
{
    enum { CLIENTS = 3 * RT_CONTROL_CLIENTS };
    char *folder = folder_new();
    struct rt_control *control;
    struct rt_err err;
    int asked = 0;
    pid_t pid;

    (void)state;
    expect_ok(err, rt_control_open(folder, &control, &err));
    pid = fork();
    if (pid == 0) {
        int bad = 0;
        int status;

        for (int i = 0; i < CLIENTS; i++) {
            if (fork() == 0)
                child_end(ask(folder, i));
        }
        while (wait(&status) > 0)
            bad += status != 0;
        child_end(bad);
    }
    assert_int_equal(serve(control, pid, &asked), 0);
    assert_int_equal(asked, CLIENTS);
    rt_control_close(control);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_answered_however_deep_the_store_lies),
        cmocka_unit_test(nobody_there_is_not_found),
        cmocka_unit_test(a_socket_that_a_dead_writer_left_is_replaced),
        cmocka_unit_test(requests_are_answered_in_order_and_nonsense_is_told),
        cmocka_unit_test(a_request_without_end_is_hung_up_on),
        cmocka_unit_test(more_clients_than_there_is_room_for_wait_their_turn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
