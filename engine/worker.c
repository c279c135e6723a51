#include "engine/worker.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/reader.h"
#include "engine/capture.h"
#include "engine/frame.h"
#include "engine/quiet.h"
#include "engine/ring.h"
#include "engine/surroundings.h"
#include "engine/use.h"
#include "engine/view.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOW_FDS     400   /* users' code closes low numbers now and then */
#define CHILDREN_US 1000u /* a shorter trial cannot have had children */
#define REST_US     50u   /* after a shorter trial, putting limits back would double the cost */
#define SEEN_ROOM   (1u << 19) /* bytes that reads and modules can take */

struct stream {
    int fd;    /* a copy that users' code does not know */
    int shown; /* 1 or 2 */
    struct stat identity;
    uint64_t base;
    struct rt_buf kept;
};

struct worker {
    const struct rt_worker_task *task;
    pid_t pid;
    struct rt_ring *ring;
    int wake;
    int bell;
    struct rt_view *view;
    char *scratch;
    struct rt_surroundings surroundings;
    struct stream streams[2];
    struct rt_buf inbox;
    size_t inbox_at;
    struct rt_buf id;
    struct rt_buf params;
    struct rt_ended ended;
    struct rt_reads reads; /* what its trials have read of their params */
    bool reads_said;
    size_t reads_told;
    struct rt_buf live; /* modules that the last trial imported past the snapshot */
    struct rt_buf packed;
    struct rt_buf outbox;
    struct rt_use own;      /* up to the last trial's end */
    struct rt_use children; /* likewise */
    struct rt_quiet observer;
    bool quiet; /* the last trial was */
};

static _Noreturn void give_up(const struct rt_err *err)
{
    dprintf(STDERR_FILENO, "retrial: %s\n", err->text);
    _exit(RT_WORKER_BROKEN);
}

static void ring_bell(struct worker *worker)
{
    uint64_t one = 1;

    if (rt_ring_must_wake(worker->ring, RT_RING_INPUT) &&
        write(worker->bell, &one, sizeof one) < 0 && errno != EAGAIN)
        _exit(RT_WORKER_BROKEN); /* users' code closed it: without it nobody would ever know */
}

/* Sleeps until the agent did what is wanted. */
static void wait_for(struct worker *worker, enum rt_ring_want want)
{
    struct pollfd poll_wake = {worker->wake, POLLIN, 0};
    uint64_t count;

    while (rt_ring_sleep(worker->ring, want)) {
        ring_bell(worker);
        if (poll(&poll_wake, 1, -1) < 0 && errno != EINTR)
            _exit(RT_WORKER_BROKEN);
        if (poll_wake.revents & (POLLNVAL | POLLERR))
            _exit(RT_WORKER_BROKEN);
        if (read(worker->wake, &count, sizeof count) < 0 && errno != EAGAIN && errno != EINTR)
            _exit(RT_WORKER_BROKEN);
        rt_ring_awake(worker->ring);
    }
}

static void wait_for_trial(struct worker *worker)
{
    struct rt_entry *entry = worker->task->entry;

    if (entry->ops->idle)
        entry->ops->idle(entry, true);
    wait_for(worker, RT_RING_INPUT);
    if (entry->ops->idle)
        entry->ops->idle(entry, false);
}

/* The next frame of the agent; its payload is borrowed from the inbox. */
static void next_frame(struct worker *worker, struct rt_frame *frame)
{
    struct rt_err err;
    int64_t size;

    for (;;) {
        struct rt_span rest =
            rt_span(worker->inbox.data + worker->inbox_at, worker->inbox.size - worker->inbox_at);

        size = rt_frame_get(rest, worker->task->nonce, frame, &err);
        if (size != 0)
            break;
        if (rest.size)
            memmove(worker->inbox.data, rest.data, rest.size);
        worker->inbox.size = rest.size;
        worker->inbox_at = 0;
        if ((size = rt_ring_read(worker->ring, &worker->inbox, &err)) < 0)
            break;
        if (size == 0)
            wait_for_trial(worker);
    }
    if (size < 0)
        give_up(&err);
    worker->inbox_at += (size_t)size;
}

static void send_frame(struct worker *worker, uint32_t number)
{
    struct rt_frame frame = {number, rt_buf_span(&worker->packed)};
    struct rt_err err;
    size_t at = 0;

    rt_buf_reset(&worker->outbox);
    rt_frame_put(&worker->outbox, worker->task->nonce, &frame);
    while (at < worker->outbox.size) {
        int64_t put = rt_ring_write(
            worker->ring, rt_span(worker->outbox.data + at, worker->outbox.size - at), &err);

        if (put < 0)
            give_up(&err);
        at += (size_t)put;
        if (put == 0)
            wait_for(worker, RT_RING_ROOM);
    }
    if (rt_ring_room(worker->ring, &err) < (int64_t)RT_RING_LANE / 2)
        ring_bell(worker);
}

/* The size of what was printed; puts the descriptor back if the trial sent it elsewhere. */
static uint64_t check_stream(struct stream *stream)
{
    struct stat now;

    if (fstat(stream->shown, &now) == 0 && now.st_ino == stream->identity.st_ino &&
        now.st_dev == stream->identity.st_dev)
        return (uint64_t)now.st_size;
    dup2(stream->fd, stream->shown);
    return rt_capture_size(stream->fd);
}

static void take_output(struct worker *worker, int number, struct rt_output *output)
{
    struct stream *stream = &worker->streams[number];
    uint64_t size = check_stream(stream);
    uint64_t limit = rt_plan_output_bytes(worker->task->plan);

    if (size < stream->base)
        stream->base = 0; /* users' code cut the file */
    if (size == stream->base)
        return;
    rt_buf_reset(&stream->kept);
    rt_capture_read(stream->fd, stream->base, size, limit, &stream->kept, &output->head);
    rt_capture_drop(stream->fd, stream->base, size);
    output->kept.data = rt_buf_span(&stream->kept);
    output->kept.size = stream->kept.size;
    output->total = size - stream->base;
    stream->base = size;
    rt_ring_set_base(worker->ring, number, size);
}

static void note_use(struct worker *worker, struct rt_attempt *attempt)
{
    const struct rt_ended *ended = &worker->ended;

    if (ended->measured) {
        attempt->user_us = ended->user_us;
        attempt->sys_us = ended->sys_us;
        attempt->max_rss_kib = ended->max_rss_kib;
        return;
    }
    if (worker->quiet && attempt->duration_us < REST_US) {
        rt_use_assume(&worker->own, attempt);
        return;
    }
    rt_use_add(RUSAGE_SELF, &worker->own, attempt);
    if (!worker->quiet && attempt->duration_us >= CHILDREN_US)
        rt_use_add(RUSAGE_CHILDREN, &worker->children, attempt);
}

static void clear_ended(struct rt_ended *ended)
{
    struct rt_buf result = ended->result;
    struct rt_buf reason = ended->reason;

    rt_buf_reset(&result);
    rt_buf_reset(&reason);
    *ended = (struct rt_ended){.outcome = RT_OUTCOME_NONE, .result = result, .reason = reason};
}

static void call_entry(struct worker *worker, struct rt_attempt *attempt, uint64_t index)
{
    const struct rt_worker_task *task = worker->task;
    struct rt_call call = {.ordinal = attempt->ordinal,
                           .attempt = attempt->attempt,
                           .replicate = rt_plan_replicate(task->plan, index),
                           .seed = attempt->seed,
                           .scratch = worker->scratch,
                           .output = worker->streams[0].fd,
                           .output_base = worker->streams[0].base,
                           .errors = worker->streams[1].fd,
                           .errors_base = worker->streams[1].base,
                           .reads = &worker->reads,
                           .live = &worker->live};

    rt_buf_reset(&worker->id);
    rt_buf_add(&worker->id, task->study_id);
    rt_buf_put_u8(&worker->id, '.');
    rt_buf_put_decimal(&worker->id, attempt->ordinal);
    call.id = rt_buf_text(&worker->id);
    rt_buf_reset(&worker->params);
    rt_plan_params(task->plan, index, &worker->params);
    rt_buf_text(&worker->params);
    call.params = rt_buf_span(&worker->params);
    clear_ended(&worker->ended);
    rt_buf_reset(&worker->live);
    rt_quiet_begin(&worker->observer);
    task->entry->ops->run(task->entry, &call, &worker->ended);
    /* Users' code may have forked, and both processes come back here. */
    if (!rt_quiet_so_far(&worker->observer) && getpid() != worker->pid)
        _exit(0);
    if (task->entry->ops->flush)
        task->entry->ops->flush(task->entry);
    worker->quiet = rt_quiet_end(&worker->observer);
}

static void restore(struct worker *worker, uint64_t duration_us)
{
    struct rt_entry *entry = worker->task->entry;
    struct rt_err err;

    if (duration_us >= REST_US)
        rt_use_forget_peak();
    if (rt_surroundings_restore_environment(&worker->surroundings) && entry->ops->environment)
        entry->ops->environment(entry);
    if (worker->quiet)
        return;
    if (duration_us >= REST_US)
        rt_surroundings_restore_rest(&worker->surroundings);
    rt_surroundings_restore(&worker->surroundings);
    if (rt_view_enter(worker->view, &err) < 0)
        give_up(&err);
}

/* What trials have read, and what they imported from past the snapshot, is added to a result when
 * it is more than was said before. */
static void put_seen(struct worker *worker)
{
    if (worker->reads_said && worker->reads.count == worker->reads_told && worker->live.size == 0)
        return;
    rt_reads_put(&worker->packed, &worker->reads);
    rt_buf_put_span(&worker->packed, rt_buf_span(&worker->live));
    worker->reads_said = true;
    worker->reads_told = worker->reads.count;
}

static void send_attempt(struct worker *worker, uint32_t number, struct rt_attempt *attempt)
{
    struct rt_ended *ended = &worker->ended;

    attempt->outcome = ended->outcome;
    attempt->status = ended->status;
    attempt->result.data = rt_buf_span(&ended->result);
    attempt->result.size = ended->result.size;
    attempt->reason.data = rt_buf_span(&ended->reason);
    attempt->reason.size = ended->reason.size;
    rt_buf_reset(&worker->packed);
    rt_attempt_put(&worker->packed, attempt);
    if (worker->packed.size > RT_FRAME_MAX - SEEN_ROOM) {
        rt_ended_failed(ended, "the result of %zu bytes is too large; store it in a file",
                        ended->result.size);
        send_attempt(worker, number, attempt);
        return;
    }
    put_seen(worker);
    send_frame(worker, number);
}

/* What a driver proposed comes with the trial, and is of no use after it. */
static void take_proposed(struct worker *worker, struct rt_reader *reader, uint64_t index)
{
    struct rt_plan *plan = worker->task->plan;
    uint32_t replicate;

    if (!rt_plan_driven(plan))
        return;
    replicate = rt_read_varint32(reader);
    if (!reader->bad)
        rt_plan_propose(plan, index, replicate, rt_read_bytes(reader, rt_reader_left(reader)));
}

static void run_trial(struct worker *worker, const struct rt_frame *frame)
{
    struct rt_reader reader = rt_reader(frame->payload);
    struct rt_attempt attempt = {0};
    uint64_t index;
    uint64_t began;
    struct rt_err err;

    attempt.ordinal = rt_read_varint(&reader);
    index = rt_read_varint(&reader);
    attempt.attempt = rt_read_varint32(&reader);
    take_proposed(worker, &reader, index);
    if (rt_reader_done(&reader, "a trial handed over", &err) < 0)
        give_up(&err);
    if (worker->task->entry->ops->prepare)
        worker->task->entry->ops->prepare(worker->task->entry);
    began = rt_mono_us();
    if (!rt_ring_start(worker->ring, frame->number, began))
        return;
    attempt.study = 1; /* the agent knows better */
    attempt.start_us = rt_wall_us();
    attempt.pid = worker->pid;
    attempt.seed = rt_plan_seed(worker->task->plan, index);
    call_entry(worker, &attempt, index);
    attempt.duration_us = rt_mono_us() - began;
    note_use(worker, &attempt);
    for (int i = 0; i < 2 && !worker->quiet; i++)
        take_output(worker, i, i == 0 ? &attempt.out : &attempt.err);
    rt_plan_forget(worker->task->plan, index);
    send_attempt(worker, frame->number, &attempt);
    restore(worker, attempt.duration_us); /* may fail, which is not to cost the result */
}

static int above(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, LOW_FDS);

    return copy < 0 ? fd : copy;
}

static void open_stream(struct stream *stream, int fd, int shown)
{
    stream->fd = above(fd);
    stream->shown = shown;
    dup2(fd, shown);
    fstat(fd, &stream->identity);
    stream->base = rt_capture_size(fd);
}

static void detach(const struct rt_worker_task *task)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != task->parent)
        _exit(RT_WORKER_BROKEN);
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static void set_variable(struct rt_entry *entry, const char *name, const char *value)
{
    setenv(name, value, 1);
    if (entry->ops->variable)
        entry->ops->variable(entry, name, value);
}

/* Before users' code can look for a device. */
static void narrow_devices(const struct rt_worker_task *task)
{
    const struct rt_json *variables = rt_json_get(task->devices, "variables");
    const char *mine = rt_json_string(rt_json_at(rt_json_get(task->devices, "of"), task->number));

    if (!mine)
        return;
    for (size_t i = 0; i < rt_json_count(variables); i++)
        set_variable(task->entry, rt_json_string(rt_json_at(variables, i)), mine);
    if (rt_json_bool(rt_json_get(task->devices, "counted")) && !getenv("CUDA_DEVICE_ORDER"))
        set_variable(task->entry, "CUDA_DEVICE_ORDER", "PCI_BUS_ID");
}

static int open_worker(struct worker *worker, struct rt_err *err)
{
    const struct rt_worker_task *task = worker->task;
    char *folder = rt_fs_join(task->folder, "view");
    int rc;

    worker->scratch = rt_strdup(task->folder);
    worker->pid = getpid();
    worker->wake = above(task->wake);
    worker->bell = above(task->bell);
    if ((rc = rt_ring_open(task->ring, &worker->ring, err)) < 0 ||
        (rc = rt_view_new(folder, task->root, &worker->view, err)) < 0)
        goto out;
    rt_ring_set_base(worker->ring, 0, worker->streams[0].base);
    rt_ring_set_base(worker->ring, 1, worker->streams[1].base);
    narrow_devices(task);
    rt_surroundings_keep(&worker->surroundings);
    restore(worker, 0);
out:
    free(folder);
    return rc;
}

static void close_handed(const struct rt_worker_task *task, const struct worker *worker)
{
    const int fds[] = {task->ring, task->wake, task->bell, task->output, task->errors};

    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        if (fds[i] != worker->wake && fds[i] != worker->bell && fds[i] != worker->streams[0].fd &&
            fds[i] != worker->streams[1].fd)
            close(fds[i]);
    }
}

void rt_worker_main(const struct rt_worker_task *task)
{
    struct worker *worker = rt_calloc(1, sizeof *worker);
    struct rt_attempt before = {0};
    struct rt_frame frame;
    struct rt_err err;

    detach(task);
    worker->task = task;
    open_stream(&worker->streams[0], task->output, STDOUT_FILENO);
    open_stream(&worker->streams[1], task->errors, STDERR_FILENO);
    if (open_worker(worker, &err) < 0)
        give_up(&err);
    close_handed(task, worker);
    rt_use_add(RUSAGE_SELF, &worker->own, &before);
    rt_use_add(RUSAGE_CHILDREN, &worker->children, &before);
    for (;;) {
        next_frame(worker, &frame);
        if (frame.number == 0)
            _exit(0);
        run_trial(worker, &frame);
    }
}
