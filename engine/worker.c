#include "engine/worker.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/reader.h"
#include "engine/capture.h"
#include "engine/link.h"
#include "engine/quiet.h"
#include "engine/surroundings.h"
#include "engine/talk.h"
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
    struct rt_talk talk;
    struct rt_link *link;
    struct rt_view *view;
    char *scratch;
    struct rt_surroundings surroundings;
    struct stream streams[2];
    struct rt_buf id;
    struct rt_buf params;
    struct rt_ended ended;
    struct rt_reads reads; /* what its trials have read of their params */
    bool reads_said;
    size_t reads_told;
    struct rt_buf live; /* modules that the last trial imported past the snapshot */
    struct rt_buf packed;
    struct rt_use own;      /* up to the last trial's end */
    struct rt_use children; /* likewise */
    struct rt_quiet observer;
    bool quiet; /* the last trial was */
};

static void idle(void *context, bool begins)
{
    struct rt_entry *entry = context;

    entry->ops->idle(entry, begins);
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
    rt_ring_set_base(worker->talk.ring, number, size);
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

/* What the entry is called with; the texts last until the next call. */
static struct rt_call fill_call(struct worker *worker, const struct rt_attempt *attempt,
                                uint64_t index)
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
                           .live = &worker->live,
                           .link = worker->link,
                           .ask = rt_link_ask_json};

    rt_buf_reset(&worker->id);
    rt_buf_add(&worker->id, task->study_id);
    rt_buf_put_u8(&worker->id, '.');
    rt_buf_put_decimal(&worker->id, attempt->ordinal);
    call.id = rt_buf_text(&worker->id);
    rt_buf_reset(&worker->params);
    rt_plan_params(task->plan, index, &worker->params);
    rt_buf_text(&worker->params);
    call.params = rt_buf_span(&worker->params);
    return call;
}

static void call_entry(struct worker *worker, uint32_t number, const struct rt_call *call,
                       const struct rt_json *script)
{
    const struct rt_worker_task *task = worker->task;

    clear_ended(&worker->ended);
    rt_buf_reset(&worker->live);
    rt_link_begin(worker->link, number, call->attempt, script);
    rt_quiet_begin(&worker->observer);
    task->entry->ops->run(task->entry, call, &worker->ended);
    /* Users' code may have forked, and both processes come back here. */
    if (!rt_quiet_so_far(&worker->observer) && getpid() != worker->pid)
        _exit(0);
    rt_link_end(worker->link, &worker->ended);
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
        rt_talk_give_up(&err);
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
    rt_talk_send(&worker->talk, &(struct rt_frame){number, rt_buf_span(&worker->packed)}, false);
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
    const struct rt_entry_ops *ops = worker->task->entry->ops;
    struct rt_reader reader = rt_reader(frame->payload);
    struct rt_attempt attempt = {0};
    struct rt_call call;
    uint64_t index;
    uint64_t began;
    struct rt_err err;

    attempt.ordinal = rt_read_varint(&reader);
    index = rt_read_varint(&reader);
    attempt.attempt = rt_read_varint32(&reader);
    take_proposed(worker, &reader, index);
    if (rt_reader_done(&reader, "a trial handed over", &err) < 0)
        rt_talk_give_up(&err);
    attempt.seed = rt_plan_seed(worker->task->plan, index);
    call = fill_call(worker, &attempt, index);
    if (ops->prepare && ops->prepare(worker->task->entry, &call, &err) < 0)
        rt_talk_give_up(&err);
    began = rt_mono_us();
    if (!rt_ring_start(worker->talk.ring, frame->number, began)) {
        rt_plan_forget(worker->task->plan, index);
        return;
    }
    attempt.study = 1; /* the agent knows better */
    attempt.start_us = rt_wall_us();
    attempt.pid = worker->pid;
    call_entry(worker, frame->number, &call, rt_plan_told(worker->task->plan, index));
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
    worker->talk.nonce = task->nonce;
    worker->talk.wake = above(task->wake);
    worker->talk.bell = above(task->bell);
    worker->talk.idle = task->entry->ops->idle ? idle : NULL;
    worker->talk.context = task->entry;
    if ((rc = rt_ring_open(task->ring, &worker->talk.ring, err)) < 0 ||
        (rc = rt_view_new(folder, task->root, &worker->view, err)) < 0)
        goto out;
    worker->link = rt_link_new(&worker->talk, task->folder);
    rt_ring_set_base(worker->talk.ring, 0, worker->streams[0].base);
    rt_ring_set_base(worker->talk.ring, 1, worker->streams[1].base);
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
        if (fds[i] != worker->talk.wake && fds[i] != worker->talk.bell &&
            fds[i] != worker->streams[0].fd && fds[i] != worker->streams[1].fd)
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
        rt_talk_give_up(&err);
    close_handed(task, worker);
    rt_use_add(RUSAGE_SELF, &worker->own, &before);
    rt_use_add(RUSAGE_CHILDREN, &worker->children, &before);
    for (;;) {
        rt_talk_next_trial(&worker->talk, &frame);
        if (frame.number == 0)
            _exit(0);
        run_trial(worker, &frame);
    }
}
