/*
 * Comm over an MPI: the one file that includes mpi.h, built once per MPI.
 *
 * No call here waits for another rank, with the exception of close(): sends
 * and receives are started and tested later, so that a peer that is frozen
 * in the middle of a large message holds up nobody but its own messages.
 */
#include "base/alloc.h"
#include "base/clock.h"
#include "engine/comm.h"
#include "engine/comm_queue.h"

#include <dirent.h>
#include <fcntl.h>
#include <mpi.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TAG               1
#define TESTS_PER_CALL    16           /* of sends under way: bounds the cost of a call */
#define SPARE_COUNT       64           /* buffers kept for the next sends */
#define SPARE_SIZE_MAX    (64u << 10)  /* bytes; larger ones are freed */
#define INCOMING_MAX      (256u << 20) /* bytes under way before no more are started */
#define CLOSE_PATIENCE_US 30000000u    /* rank 0 waits so long for the others at the end */

#define LINGER_MS       20 /* at least, in which the others get our last messages */
#define ACK_PATIENCE_MS 2000

struct outgoing {
    MPI_Request request;
    struct rt_buf bytes;
};

/* A message that is matched, but perhaps not here in full. In the order of their matching. */
struct incoming {
    struct incoming *next;
    MPI_Request request;
    int from;
    bool failed;
    struct rt_buf bytes;
};

struct mpi {
    struct rt_comm comm; /* first, so that a pointer to it is one to the whole */
    MPI_Comm world;      /* our own copy of MPI_COMM_WORLD */
    struct rt_comm_queue self;
    bool self_next; /* whose turn it is: messages to oneself or those of others */

    struct outgoing *sends;
    size_t send_count, send_capacity, send_cursor;
    struct rt_buf spare[SPARE_COUNT];
    size_t spare_count;

    struct incoming *first;
    struct incoming **last;
    size_t incoming_bytes;
    uint64_t round;   /* counts look-throughs of the list */
    uint64_t *waited; /* by rank: the last round in which an earlier message was not here yet */
};

static int check(int code, const char *call, struct rt_err *err)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int size = 0;

    if (code == MPI_SUCCESS)
        return 0;
    MPI_Error_string(code, text, &size);
    return rt_err_set(err, RT_EPEER, "%s: %s", call, text);
}

static struct rt_buf spare_buffer(struct mpi *mpi)
{
    return mpi->spare_count ? mpi->spare[--mpi->spare_count] : (struct rt_buf)RT_BUF_INIT;
}

static void give_back(struct mpi *mpi, struct rt_buf *bytes)
{
    if (mpi->spare_count == SPARE_COUNT || bytes->capacity > SPARE_SIZE_MAX) {
        rt_buf_clear(bytes);
        return;
    }
    rt_buf_reset(bytes);
    mpi->spare[mpi->spare_count++] = *bytes;
}

/* True once a message has left. One that cannot be delivered counts as that: whoever was to get it
 * is dead, and will be found to be silent. */
static bool has_left(MPI_Request *request)
{
    int done = 0;

    return MPI_Test(request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS || done;
}

/* Looks after a few of the sends under way, in turn. */
static void test_sends(struct mpi *mpi)
{
    for (int i = 0; i < TESTS_PER_CALL && mpi->send_count; i++) {
        struct outgoing *send;

        if (mpi->send_cursor >= mpi->send_count)
            mpi->send_cursor = 0;
        send = &mpi->sends[mpi->send_cursor];
        if (has_left(&send->request)) {
            give_back(mpi, &send->bytes);
            *send = mpi->sends[--mpi->send_count];
        } else {
            mpi->send_cursor++;
        }
    }
}

static void start_send(struct mpi *mpi, int to, struct rt_span message)
{
    struct outgoing send = {.bytes = spare_buffer(mpi)};

    rt_buf_put(&send.bytes, message.data, message.size);
    if (MPI_Isend(send.bytes.data, (int)message.size, MPI_BYTE, to, TAG, mpi->world,
                  &send.request) != MPI_SUCCESS ||
        has_left(&send.request)) {
        give_back(mpi, &send.bytes);
        return;
    }
    mpi->sends = rt_grow(mpi->sends, &mpi->send_capacity, mpi->send_count + 1, sizeof *mpi->sends);
    mpi->sends[mpi->send_count++] = send;
}

static int mpi_send(struct rt_comm *comm, int to, struct rt_span message, struct rt_err *err)
{
    struct mpi *mpi = (struct mpi *)comm;

    if (to < 0 || to >= comm->size)
        return rt_err_set(err, RT_EINTERNAL, "there is no rank %d among %d to send to", to,
                          comm->size);
    if (message.size > RT_COMM_MESSAGE_MAX)
        return rt_err_set(err, RT_EINTERNAL, "a message of %zu bytes is over the limit of %u",
                          message.size, RT_COMM_MESSAGE_MAX);
    if (to == comm->rank) {
        rt_comm_queue_put(&mpi->self, message);
        return 0;
    }
    test_sends(mpi);
    start_send(mpi, to, message);
    return 0;
}

/* Receives into memory of our own; the message is in the list until it is here in full. */
static int start_receive(struct mpi *mpi, MPI_Message *handle, int from, int size,
                         struct rt_err *err)
{
    struct incoming *incoming = rt_calloc(1, sizeof *incoming);
    int rc;

    incoming->from = from;
    rt_buf_extend(&incoming->bytes, (size_t)size);
    rc = check(MPI_Imrecv(incoming->bytes.data, size, MPI_BYTE, handle, &incoming->request),
               "MPI_Imrecv", err);
    if (rc < 0) {
        rt_buf_clear(&incoming->bytes);
        free(incoming);
        return rc;
    }
    *mpi->last = incoming;
    mpi->last = &incoming->next;
    mpi->incoming_bytes += (size_t)size;
    return 1;
}

/* Starts to receive the next message that somebody has sent. 1 if there was one. */
static int match(struct mpi *mpi, struct rt_err *err)
{
    MPI_Message handle;
    MPI_Status status;
    int found = 0;
    int size = 0;
    int rc;

    if (mpi->incoming_bytes >= INCOMING_MAX)
        return 0;
    /* Both MPIs look first and make progress then: what has just come is seen the second time. */
    for (int i = 0; i < 2 && !found; i++) {
        if ((rc = check(MPI_Improbe(MPI_ANY_SOURCE, TAG, mpi->world, &found, &handle, &status),
                        "MPI_Improbe", err)) < 0)
            return rc;
    }
    if (!found)
        return 0;
    if ((rc = check(MPI_Get_count(&status, MPI_BYTE, &size), "MPI_Get_count", err)) < 0)
        return rc;
    if (size < 0 || (unsigned)size > RT_COMM_MESSAGE_MAX) /* MPI_UNDEFINED is negative */
        return rt_err_set(err, RT_EPEER, "rank %d sent a message of over %u bytes, the limit",
                          status.MPI_SOURCE, RT_COMM_MESSAGE_MAX);
    return start_receive(mpi, &handle, status.MPI_SOURCE, size, err);
}

/* Takes a message off the list and hands it over. */
static void deliver(struct mpi *mpi, struct incoming **at, int *from, struct rt_buf *message)
{
    struct incoming *incoming = *at;

    *at = incoming->next;
    if (mpi->last == &incoming->next)
        mpi->last = at;
    mpi->incoming_bytes -= incoming->bytes.size;
    rt_buf_clear(message);
    *message = incoming->bytes;
    *from = incoming->from;
    free(incoming);
}

/* The first message that is here in full and not behind another of the same rank. A message that
 * fails on its way is kept as one that never comes, and what follows it with it: its rank is dead.
 */
static int arrived(struct mpi *mpi, int *from, struct rt_buf *message)
{
    mpi->round++;
    for (struct incoming **at = &mpi->first; *at; at = &(*at)->next) {
        struct incoming *incoming = *at;
        int done = 0;

        if (mpi->waited[incoming->from] == mpi->round)
            continue;
        if (!incoming->failed)
            incoming->failed =
                MPI_Test(&incoming->request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS;
        if (done && !incoming->failed) {
            deliver(mpi, at, from, message);
            return 1;
        }
        mpi->waited[incoming->from] = mpi->round;
    }
    return 0;
}

static int from_others(struct mpi *mpi, int *from, struct rt_buf *message, struct rt_err *err)
{
    int rc;

    do {
        if (arrived(mpi, from, message))
            return 1;
    } while ((rc = match(mpi, err)) == 1);
    return rc;
}

static int from_self(struct mpi *mpi, int *from, struct rt_buf *message)
{
    *from = mpi->comm.rank;
    return rt_comm_queue_take(&mpi->self, message);
}

static int mpi_receive(struct rt_comm *comm, int *from, struct rt_buf *message, struct rt_err *err)
{
    struct mpi *mpi = (struct mpi *)comm;
    bool self_first = mpi->self_next;
    int rc;

    mpi->self_next = !self_first;
    test_sends(mpi);
    if (self_first && from_self(mpi, from, message))
        return 1;
    if ((rc = from_others(mpi, from, message, err)) != 0)
        return rc;
    return self_first ? 0 : from_self(mpi, from, message);
}

/* Drops what still comes, so that nobody's large send waits for us; sleeps a little if nothing
 * does. */
static int drain(struct mpi *mpi, struct rt_buf *scratch)
{
    const struct timespec little = {0, 1000000};
    int from;
    int rc;

    test_sends(mpi);
    if ((rc = from_others(mpi, &from, scratch, NULL)) == 0)
        nanosleep(&little, NULL);
    return rc;
}

/* Waits until all ranks have got here with nothing under way: 0. Rank 0 waits for a while only,
 * since a frozen agent must not keep the launch from ending; its exit makes the launcher end the
 * others. */
static int meet(struct mpi *mpi)
{
    uint64_t limit = mpi->comm.rank == 0 ? rt_mono_us() + CLOSE_PATIENCE_US : UINT64_MAX;
    struct rt_buf scratch = RT_BUF_INIT;
    MPI_Request barrier = MPI_REQUEST_NULL;
    bool entered = false;
    int met = 0;
    int rc = 0;

    while (rc >= 0 && (!met || mpi->first) && rt_mono_us() < limit) {
        rc = drain(mpi, &scratch);
        if (rc >= 0 && !entered && mpi->send_count == 0) {
            rc = check(MPI_Ibarrier(mpi->world, &barrier), "MPI_Ibarrier", NULL);
            entered = true;
        }
        if (rc >= 0 && entered && !met)
            rc = check(MPI_Test(&barrier, &met, MPI_STATUS_IGNORE), "MPI_Test", NULL);
    }
    rt_buf_clear(&scratch);
    return rc >= 0 && met && !mpi->first ? 0 : -1;
}

/* Frees what is ours. Buffers that the MPI may still be using are left to it. */
static void release(struct mpi *mpi)
{
    while (mpi->spare_count)
        rt_buf_clear(&mpi->spare[--mpi->spare_count]);
    rt_comm_queue_clear(&mpi->self);
    free(mpi->sends);
    free(mpi->waited);
    free(mpi);
}

/* Tells MPICH's mpiexec (Hydra) that this rank is finalized, as MPI_Finalize does at last. */
static bool tell_hydra(void)
{
    static const char said[] = "cmd=finalize\n";
    static const char heard[] = "cmd=finalize_ack";
    const char *text = getenv("PMI_FD");
    struct pollfd fd = {.fd = text ? atoi(text) : -1, .events = POLLIN};
    char answer[64];

    return fd.fd > 2 && getenv("MPI_LOCALRANKID") &&
           write(fd.fd, said, sizeof said - 1) == (ssize_t)sizeof said - 1 &&
           poll(&fd, 1, ACK_PATIENCE_MS) == 1 &&
           read(fd.fd, answer, sizeof answer) >= (ssize_t)sizeof heard - 1 &&
           memcmp(answer, heard, sizeof heard - 1) == 0;
}

/* Over TCP, MPICH 4.0 with UCX often hangs in MPI_Finalize: one rank waits there for another to
 * take what it sent, which does not listen any more. All has been said by now, so Hydra is told,
 * and no more. */
static void finalize(struct mpi *mpi)
{
    struct rt_buf scratch = RT_BUF_INIT;

    for (int i = 0; i < LINGER_MS; i++)
        drain(mpi, &scratch);
    rt_buf_clear(&scratch);
    if (strcmp(RT_COMM_NAME, "mpich") == 0 && tell_hydra())
        return;
    MPI_Comm_free(&mpi->world);
    MPI_Finalize();
}

static void mpi_close(struct rt_comm *comm, bool abort)
{
    struct mpi *mpi = (struct mpi *)comm;

    if (!abort && meet(mpi) == 0)
        finalize(mpi);
    release(mpi);
}

/* Appends the numbers of all open descriptors, as ints. */
static void list_descriptors(struct rt_buf *list)
{
    DIR *folder = opendir("/proc/self/fd");
    struct dirent *entry;

    while (folder && (entry = readdir(folder))) {
        int fd = atoi(entry->d_name);

        if (entry->d_name[0] != '.' && fd != dirfd(folder))
            rt_buf_put(list, &fd, sizeof fd);
    }
    if (folder)
        closedir(folder);
}

static bool is_listed(const struct rt_buf *list, int fd)
{
    for (size_t i = 0; i < list->size; i += sizeof fd) {
        if (memcmp(list->data + i, &fd, sizeof fd) == 0)
            return true;
    }
    return false;
}

/* MPICH opens descriptors that children inherit, and a child that holds those of a dead rank
 * freezes the whole job. */
static void close_on_exec(const struct rt_buf *before)
{
    struct rt_buf after = RT_BUF_INIT;
    int fd;

    list_descriptors(&after);
    for (size_t i = 0; i < after.size; i += sizeof fd) {
        memcpy(&fd, after.data + i, sizeof fd);
        if (fd > 2 && !is_listed(before, fd))
            fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    rt_buf_clear(&after);
}

static int start_mpi(struct rt_err *err)
{
    struct rt_buf before = RT_BUF_INIT;
    int level = MPI_THREAD_SINGLE;
    int rc;

    /* Open MPI copies large messages with process_vm_readv(), which containers forbid; it then
     * fails in the middle ("Read -1, expected ..., errno = 1"). MPICH ignores the variable. */
    setenv("OMPI_MCA_btl_vader_single_copy_mechanism", "none", 0);
    list_descriptors(&before);
    rc = check(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level), "MPI_Init_thread", err);
    close_on_exec(&before);
    rt_buf_clear(&before);
    if (rc < 0)
        return rc;
    if (level < MPI_THREAD_FUNNELED)
        return rt_err_set(err, RT_EPEER,
                          "this build of " RT_COMM_NAME " is not for programs with "
                          "threads (MPI_THREAD_FUNNELED)");
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    return check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN),
                 "MPI_Comm_set_errhandler", err);
}

/* The first line of what the library says of itself, runs of white space as one space. */
static void read_version(char *out, size_t size)
{
    char text[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    size_t used = 0;
    int length = 0;

    MPI_Get_library_version(text, &length);
    for (const char *at = text; *at && *at != '\n' && used + 1 < size; at++) {
        char c = *at == '\t' || *at == '\r' ? ' ' : *at;

        if (c != ' ' || (used && out[used - 1] != ' '))
            out[used++] = c;
    }
    while (used && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
}

static const struct rt_comm_ops mpi_ops = {mpi_send, mpi_receive, mpi_close};

static int mpi_open(struct rt_comm **out, struct rt_err *err)
{
    struct mpi *mpi = rt_calloc(1, sizeof *mpi);
    int rc;

    if ((rc = start_mpi(err)) < 0 ||
        (rc = check(MPI_Comm_dup(MPI_COMM_WORLD, &mpi->world), "MPI_Comm_dup", err)) < 0) {
        free(mpi);
        return rc;
    }
    mpi->last = &mpi->first;
    mpi->comm = (struct rt_comm){.ops = &mpi_ops, .polled = true, .name = RT_COMM_NAME};
    MPI_Comm_rank(mpi->world, &mpi->comm.rank);
    MPI_Comm_size(mpi->world, &mpi->comm.size);
    read_version(mpi->comm.version, sizeof mpi->comm.version);
    mpi->waited = rt_calloc((size_t)mpi->comm.size, sizeof *mpi->waited);
    *out = &mpi->comm;
    return 0;
}

__attribute__((visibility("default"))) extern const struct rt_comm_module rt_comm_module;
const struct rt_comm_module rt_comm_module = {RT_COMM_ABI, RT_COMM_NAME, mpi_open};
