#include "engine/ring.h"

#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum end {
    AGENT = 0,
    WORKER = 1,
};

struct lane {
    _Alignas(64) _Atomic uint64_t written; /* by the sender, bytes since the start */
    _Alignas(64) _Atomic uint64_t read;    /* by the receiver */
    _Alignas(64) unsigned char bytes[RT_RING_LANE];
};

struct shared {
    _Alignas(64) _Atomic uint64_t gate; /* taken back up to << 32 | last started */
    _Atomic uint64_t since_us;
    _Atomic uint64_t base[2];
    _Alignas(64) _Atomic uint32_t wants[2]; /* by the end that sleeps */
    struct lane lanes[2];                   /* by the end that reads */
};

struct rt_ring {
    struct shared *shared;
    enum end end;
    uint64_t written;
    uint64_t read;
    uint32_t revoked; /* agent: what it last closed the gate for */
};

static int map_ring(int fd, enum end end, struct rt_ring **out, struct rt_err *err)
{
    struct rt_ring *ring;
    void *memory = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (memory == MAP_FAILED)
        return rt_err_errno(err, RT_EIO, "mapping a ring of %zu bytes", sizeof(struct shared));
    /* A process that users' code forks must not be able to write results. */
    madvise(memory, sizeof(struct shared), MADV_DONTFORK);
    ring = rt_calloc(1, sizeof *ring);
    ring->shared = memory;
    ring->end = end;
    *out = ring;
    return 0;
}

int rt_ring_new(struct rt_ring **out, int *fd, struct rt_err *err)
{
    int made = memfd_create("retrial-ring", MFD_CLOEXEC);
    int rc;

    if (made < 0)
        return rt_err_errno(err, RT_EIO, "making a ring");
    if (ftruncate(made, sizeof(struct shared)) < 0)
        rc = rt_err_errno(err, RT_EIO, "sizing a ring to %zu bytes", sizeof(struct shared));
    else
        rc = map_ring(made, AGENT, out, err);
    if (rc < 0)
        close(made);
    else
        *fd = made;
    return rc;
}

int rt_ring_open(int fd, struct rt_ring **out, struct rt_err *err)
{
    struct stat info;

    if (fstat(fd, &info) < 0 || info.st_size != sizeof(struct shared))
        return rt_err_set(err, RT_EPEER, "the ring handed over is none");
    return map_ring(fd, WORKER, out, err);
}

void rt_ring_free(struct rt_ring *ring)
{
    if (!ring)
        return;
    munmap(ring->shared, sizeof *ring->shared);
    free(ring);
}

static struct lane *lane_out(const struct rt_ring *ring)
{
    return &ring->shared->lanes[1 - ring->end];
}

static struct lane *lane_in(const struct rt_ring *ring)
{
    return &ring->shared->lanes[ring->end];
}

int64_t rt_ring_room(const struct rt_ring *ring, struct rt_err *err)
{
    uint64_t read = atomic_load_explicit(&lane_out(ring)->read, memory_order_acquire);
    uint64_t used = ring->written - read;

    if (used > RT_RING_LANE)
        return rt_err_set(err, RT_EPEER, "a ring's read position went astray");
    return (int64_t)(RT_RING_LANE - used);
}

int64_t rt_ring_write(struct rt_ring *ring, struct rt_span bytes, struct rt_err *err)
{
    struct lane *lane = lane_out(ring);
    int64_t room = rt_ring_room(ring, err);
    size_t at = ring->written % RT_RING_LANE;
    size_t size;
    size_t first;

    if (room <= 0)
        return room;
    size = bytes.size < (size_t)room ? bytes.size : (size_t)room;
    if (size == 0)
        return 0;
    first = size < RT_RING_LANE - at ? size : RT_RING_LANE - at;
    memcpy(lane->bytes + at, bytes.data, first);
    memcpy(lane->bytes, (const char *)bytes.data + first, size - first);
    ring->written += size;
    atomic_store_explicit(&lane->written, ring->written, memory_order_release);
    return (int64_t)size;
}

int64_t rt_ring_read(struct rt_ring *ring, struct rt_buf *bytes, struct rt_err *err)
{
    struct lane *lane = lane_in(ring);
    uint64_t size = atomic_load_explicit(&lane->written, memory_order_acquire) - ring->read;
    size_t at = ring->read % RT_RING_LANE;
    size_t first;

    if (size > RT_RING_LANE)
        return rt_err_set(err, RT_EPEER, "a ring's write position went astray");
    if (size == 0)
        return 0;
    first = size < RT_RING_LANE - at ? size : RT_RING_LANE - at;
    rt_buf_put(bytes, lane->bytes + at, first);
    rt_buf_put(bytes, lane->bytes, size - first);
    ring->read += size;
    atomic_store_explicit(&lane->read, ring->read, memory_order_release);
    return (int64_t)size;
}

bool rt_ring_sleep(struct rt_ring *ring, enum rt_ring_want want)
{
    _Atomic uint32_t *wants = &ring->shared->wants[ring->end];
    bool there;

    atomic_store(wants, (uint32_t)want);
    atomic_thread_fence(memory_order_seq_cst);
    if (want == RT_RING_INPUT)
        there = atomic_load(&lane_in(ring)->written) != ring->read;
    else
        there = ring->written - atomic_load(&lane_out(ring)->read) < RT_RING_LANE;
    if (there)
        atomic_store(wants, RT_RING_NOTHING);
    return !there;
}

void rt_ring_awake(struct rt_ring *ring)
{
    atomic_store(&ring->shared->wants[ring->end], RT_RING_NOTHING);
}

bool rt_ring_must_wake(struct rt_ring *ring, enum rt_ring_want done)
{
    _Atomic uint32_t *wants = &ring->shared->wants[1 - ring->end];
    uint32_t expected = done;

    atomic_thread_fence(memory_order_seq_cst);
    return atomic_load_explicit(wants, memory_order_relaxed) == expected &&
           atomic_compare_exchange_strong(wants, &expected, RT_RING_NOTHING);
}

bool rt_ring_start(struct rt_ring *ring, uint32_t number, uint64_t mono_us)
{
    _Atomic uint64_t *gate = &ring->shared->gate;
    uint64_t seen = atomic_load(gate);

    atomic_store_explicit(&ring->shared->since_us, mono_us, memory_order_relaxed);
    do {
        if (number <= seen >> 32)
            return false;
    } while (!atomic_compare_exchange_weak(gate, &seen, (seen >> 32 << 32) | number));
    return true;
}

uint32_t rt_ring_started(const struct rt_ring *ring, uint64_t *since_us)
{
    uint64_t gate = atomic_load(&ring->shared->gate);

    *since_us = atomic_load_explicit(&ring->shared->since_us, memory_order_relaxed);
    return (uint32_t)gate;
}

int64_t rt_ring_revoke(struct rt_ring *ring, uint32_t last, struct rt_err *err)
{
    _Atomic uint64_t *gate = &ring->shared->gate;
    uint64_t seen = atomic_load(gate);

    do {
        if (seen >> 32 != ring->revoked || (uint32_t)seen > last)
            return rt_err_set(err, RT_EPEER, "the gate of a ring was tampered with");
    } while (!atomic_compare_exchange_weak(gate, &seen, (uint64_t)last << 32 | (uint32_t)seen));
    ring->revoked = last;
    return (int64_t)(uint32_t)seen;
}

void rt_ring_set_base(struct rt_ring *ring, int stream, uint64_t offset)
{
    atomic_store_explicit(&ring->shared->base[stream], offset, memory_order_relaxed);
}

uint64_t rt_ring_base(const struct rt_ring *ring, int stream)
{
    return atomic_load_explicit(&ring->shared->base[stream], memory_order_relaxed);
}
