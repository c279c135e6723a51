/*
 * Run under mpiexec on any number of ranks: does this MPI keep what engine/comm.h promises?
 *
 * Every rank goes through the same checks in the same order. A failed one is told on stderr and
 * ends the rank with exit code 1; rank 0 tells what it measured on stdout.
 */
#include "base/alloc.h"
#include "base/clock.h"
#include "engine/comm.h"
#include "engine/idle.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SMALL_COUNT   100000u /* messages to rank 0, from all others together */
#define LARGE_SIZE    (64u << 20)
#define IDLE_SECONDS  2
#define IDLE_CPU_MAX  0.20 /* of a core; well above what is measured, for busy machines */
#define REACTIONS     20
#define REACTION_GOAL 5000u /* microseconds */

struct check {
    struct rt_comm *comm;
    struct rt_idle idle;
    struct rt_buf message;
    int here; /* rank 0: how many others wait in meet() */
    struct rt_err err;
};

#define fail(check, ...)                                                                           \
    do {                                                                                           \
        fprintf(stderr, "comm_check: rank %d: ", (check)->comm->rank);                             \
        fprintf(stderr, __VA_ARGS__);                                                              \
        fprintf(stderr, "\n");                                                                     \
        exit(1);                                                                                   \
    } while (0)

static void send_to(struct check *check, int to, struct rt_span message)
{
    if (check->comm->ops->send(check->comm, to, message, &check->err) < 0)
        fail(check, "send to %d: %s", to, check->err.text);
}

static int receive_any(struct check *check)
{
    int from;
    int rc;

    while ((rc = check->comm->ops->receive(check->comm, &from, &check->message, &check->err)) == 0)
        rt_idle_wait(NULL, 0, rt_idle_sleep_us(&check->idle, false, rt_mono_us()), NULL);
    if (rc < 0)
        fail(check, "receive: %s", check->err.text);
    rt_idle_sleep_us(&check->idle, true, rt_mono_us());
    return from;
}

static bool says_here(const struct check *check)
{
    return rt_span_equal(rt_buf_span(&check->message), rt_span_text("I am in meet()"));
}

/* Waits as an agent would, and returns who sent check->message. Ranks that are done with the
 * check are only counted. */
static int receive(struct check *check)
{
    int from;

    while (from = receive_any(check), says_here(check))
        check->here++;
    return from;
}

static void receive_from(struct check *check, int want)
{
    int from = receive(check);

    if (from != want)
        fail(check, "a message came from %d instead of %d", from, want);
}

/* All ranks tell rank 0 that they are done, and wait for its answer. */
static void meet(struct check *check)
{
    if (check->comm->rank > 0) {
        send_to(check, 0, rt_span_text("I am in meet()"));
        receive_from(check, 0);
        return;
    }
    for (; check->here < check->comm->size - 1; check->here++) {
        receive_any(check);
        if (!says_here(check))
            fail(check, "more came than the check is about");
    }
    check->here = 0;
    for (int i = 1; i < check->comm->size; i++)
        send_to(check, i, rt_span_text("go"));
}

static void fill(unsigned char *data, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++)
        data[i] = (unsigned char)((i * 31 + seed) >> 3);
}

static void expect_filled(struct check *check, size_t size, unsigned seed)
{
    if (check->message.size != size)
        fail(check, "%zu bytes came instead of %zu", check->message.size, size);
    for (size_t i = 0; i < size; i++) {
        if (check->message.data[i] != (unsigned char)((i * 31 + seed) >> 3))
            fail(check, "byte %zu of %zu is wrong", i, size);
    }
}

/* Every rank sends messages of several sizes to every rank, itself included. */
static void messages_of_all_sizes_arrive_whole_and_in_order(struct check *check)
{
    static const size_t sizes[] = {0, 1, 100000, 5, 3 << 20, 0, 4096};
    const size_t count = sizeof sizes / sizeof *sizes;
    size_t *seen = rt_calloc((size_t)check->comm->size, sizeof *seen);
    unsigned char *data = rt_alloc(3 << 20);

    for (size_t i = 0; i < count; i++) {
        fill(data, sizes[i], (unsigned)check->comm->rank);
        for (int to = 0; to < check->comm->size; to++)
            send_to(check, to, rt_span(data, sizes[i]));
    }
    for (size_t left = count * (size_t)check->comm->size; left; left--) {
        int from = receive(check);

        if (seen[from] == count)
            fail(check, "too many messages of rank %d", from);
        expect_filled(check, sizes[seen[from]++], (unsigned)from);
    }
    free(data);
    free(seen);
    meet(check);
}

/* Round the ring, then small ones behind it, which must not overtake it. */
static void a_large_message_is_not_overtaken(struct check *check)
{
    int next = (check->comm->rank + 1) % check->comm->size;
    int previous = (check->comm->rank + check->comm->size - 1) % check->comm->size;
    unsigned char *data = rt_alloc(LARGE_SIZE);

    fill(data, LARGE_SIZE, 7);
    send_to(check, next, rt_span(data, LARGE_SIZE));
    for (unsigned i = 0; i < 10; i++)
        send_to(check, next, rt_span(&i, sizeof i));
    memset(data, 0, LARGE_SIZE); /* what was handed over is ours again */
    receive_from(check, previous);
    expect_filled(check, LARGE_SIZE, 7);
    for (unsigned i = 0; i < 10; i++) {
        receive_from(check, previous);
        if (check->message.size != sizeof i || memcmp(check->message.data, &i, sizeof i) != 0)
            fail(check, "small message %u behind the large one is wrong", i);
    }
    free(data);
    rt_buf_clear(&check->message);
    meet(check);
}

/* All to rank 0, with as many underway as the MPI takes. */
static void small_messages_keep_their_order(struct check *check)
{
    unsigned senders = check->comm->size > 1 ? (unsigned)check->comm->size - 1 : 1;
    unsigned each = SMALL_COUNT / senders;
    unsigned *next = rt_calloc((size_t)check->comm->size, sizeof *next);
    uint64_t start = rt_mono_us();
    unsigned value;

    if (check->comm->rank > 0 || check->comm->size == 1) {
        for (unsigned i = 0; i < each; i++)
            send_to(check, 0, rt_span(&i, sizeof i));
    }
    for (unsigned i = 0; check->comm->rank == 0 && i < each * senders; i++) {
        int from = receive(check);

        memcpy(&value, check->message.data, sizeof value);
        if (check->message.size != sizeof value || value != next[from]++)
            fail(check, "message %u of rank %d is number %u", next[from] - 1, from, value);
    }
    if (check->comm->rank == 0)
        printf("%u small messages: %.0f per second\n", each * senders,
               each * senders * 1e6 / (double)(rt_mono_us() - start + 1));
    free(next);
    meet(check);
}

/* To oneself and from another at the same time: neither keeps the other waiting. */
static void messages_to_oneself_do_not_starve_others(struct check *check)
{
    bool other = check->comm->size == 1;

    if (check->comm->rank == 1)
        send_to(check, 0, rt_span_text("hello"));
    if (check->comm->rank == 0) {
        send_to(check, 0, rt_span_text("again"));
        for (uint64_t start = rt_mono_us(); !other && rt_mono_us() - start < 10000000;) {
            if (receive(check) != 0)
                other = true;
            else
                send_to(check, 0, rt_span_text("again"));
        }
        receive_from(check, 0);
        if (!other)
            fail(check, "rank 1 was not heard for 10 s");
    }
    meet(check);
}

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Every rank but 0 waits for a message that comes after some seconds; rank 0 just waits. */
static void waiting_costs_next_to_nothing(struct check *check)
{
    double before = cpu_seconds();
    uint64_t start = rt_mono_us();
    double used;
    int from;

    meet(check);
    while (check->comm->rank == 0 && rt_mono_us() - start < IDLE_SECONDS * 1000000u) {
        if (check->comm->ops->receive(check->comm, &from, &check->message, &check->err) != 0)
            fail(check, "somebody spoke into the silence");
        rt_idle_wait(NULL, 0, rt_idle_sleep_us(&check->idle, false, rt_mono_us()), NULL);
    }
    for (int i = 1; check->comm->rank == 0 && i < check->comm->size; i++)
        send_to(check, i, rt_span_text("wake up"));
    if (check->comm->rank > 0)
        receive_from(check, 0);
    used = (cpu_seconds() - before) / ((double)(rt_mono_us() - start) / 1e6);
    printf("rank %d waited with %.2f %% of a core\n", check->comm->rank, used * 100);
    if (used > IDLE_CPU_MAX)
        fail(check, "waiting took %.0f %% of a core", used * 100);
    meet(check);
}

/* Rank 0 wakes rank 1 out of a long silence; the message says when it was sent. */
static void a_waiting_rank_reacts_soon(struct check *check)
{
    uint64_t best = UINT64_MAX;
    uint64_t sent;

    for (int i = 0; check->comm->size > 1 && check->comm->rank == 0 && i < REACTIONS; i++) {
        usleep(20000 + 777 * (unsigned)i); /* so that its sleeps end at other times */
        sent = rt_mono_us();
        send_to(check, 1, rt_span(&sent, sizeof sent));
    }
    for (int i = 0; check->comm->rank == 1 && i < REACTIONS; i++) {
        receive_from(check, 0);
        memcpy(&sent, check->message.data, sizeof sent);
        if (rt_mono_us() - sent < best)
            best = rt_mono_us() - sent;
    }
    if (check->comm->rank == 1) {
        printf("rank 1 reacted after %llu us at best\n", (unsigned long long)best);
        if (best > REACTION_GOAL)
            fail(check, "no reaction within %u us in %d tries", REACTION_GOAL, REACTIONS);
    }
    meet(check);
}

/* Of what the MPI opened. */
static void no_descriptor_would_be_inherited(struct check *check, const bool *before, int limit)
{
    for (int fd = 3; fd < limit; fd++) {
        int flags = fcntl(fd, F_GETFD);

        if (flags >= 0 && !before[fd] && !(flags & FD_CLOEXEC))
            fail(check, "descriptor %d of the MPI would be inherited", fd);
    }
}

static void ranks_that_do_not_exist_are_refused(struct check *check)
{
    if (check->comm->ops->send(check->comm, check->comm->size, rt_span_text("x"), &check->err) !=
            RT_EINTERNAL ||
        check->comm->ops->send(check->comm, -1, rt_span_text("x"), &check->err) != RT_EINTERNAL)
        fail(check, "a message to a rank that does not exist was taken");
}

static int open_comm(struct rt_comm **comm)
{
    const char *name;
    struct rt_err err;

    if (rt_comm_detect(&name, &err) < 0 || rt_comm_open(name, comm, &err) < 0) {
        fprintf(stderr, "comm_check: %s\n", err.text);
        return rt_err_exit_code(err.code);
    }
    return 0;
}

int main(void)
{
    enum { LIMIT = 1024 };
    bool before[LIMIT];
    struct check check = {0};
    int code;

    for (int fd = 0; fd < LIMIT; fd++)
        before[fd] = fcntl(fd, F_GETFD) >= 0;
    if ((code = open_comm(&check.comm)))
        return code;
    if (check.comm->rank == 0)
        printf("%s, %d ranks: %s\n", check.comm->name, check.comm->size, check.comm->version);
    no_descriptor_would_be_inherited(&check, before, LIMIT);
    ranks_that_do_not_exist_are_refused(&check);
    messages_of_all_sizes_arrive_whole_and_in_order(&check);
    a_large_message_is_not_overtaken(&check);
    small_messages_keep_their_order(&check);
    messages_to_oneself_do_not_starve_others(&check);
    waiting_costs_next_to_nothing(&check);
    a_waiting_rank_reacts_soon(&check);
    rt_buf_clear(&check.message);
    check.comm->ops->close(check.comm, false);
    return 0;
}
