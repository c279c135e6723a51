/* Any bytes in the memory that an agent shares with a worker: the agent's end refuses them, or
 * reads frames that say the same when they are written again. */
#include "engine/frame.h"
#include "engine/ring.h"
#include "store/event.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NONCE 0 /* the fuzzer need not guess it */

static void read_frames(struct rt_span bytes)
{
    size_t at = 0;

    while (at < bytes.size) {
        struct rt_buf again = RT_BUF_INIT;
        const unsigned char *start = (const unsigned char *)bytes.data + at;
        struct rt_attempt attempt;
        struct rt_reader reader;
        struct rt_frame frame;
        int64_t taken = rt_frame_get(rt_span(start, bytes.size - at), NONCE, &frame, NULL);

        if (taken <= 0)
            return;
        rt_frame_put(&again, NONCE, &frame);
        if (again.size != (size_t)taken || memcmp(again.data, start, again.size) != 0)
            abort();
        reader = rt_reader(frame.payload);
        rt_attempt_get(&reader, &attempt);
        rt_buf_clear(&again);
        at += (size_t)taken;
    }
}

/* Spreads the bytes over the shared memory: its head, and the lane that the agent reads. */
static void scribble(int fd, const uint8_t *data, size_t size)
{
    struct stat info;
    unsigned char *memory;

    if (fstat(fd, &info) < 0)
        abort();
    memory = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        abort();
    for (size_t i = 0; i < size; i++)
        memory[i < 512 ? i : i * 64 % (size_t)info.st_size] = data[i];
    munmap(memory, (size_t)info.st_size);
}

static void use_ring(const uint8_t *data, size_t size)
{
    struct rt_buf got = RT_BUF_INIT;
    struct rt_ring *ring;
    uint64_t since_us;
    int64_t room;
    int fd;

    if (rt_ring_new(&ring, &fd, NULL) < 0)
        abort();
    scribble(fd, data, size);
    close(fd);
    rt_ring_started(ring, &since_us);
    rt_ring_sleep(ring, RT_RING_INPUT);
    rt_ring_must_wake(ring, RT_RING_INPUT);
    room = rt_ring_room(ring, NULL);
    if (room > (int64_t)RT_RING_LANE || rt_ring_write(ring, rt_span(data, size), NULL) > room)
        abort();
    if (rt_ring_read(ring, &got, NULL) > (int64_t)RT_RING_LANE)
        abort();
    rt_ring_revoke(ring, 1000, NULL);
    read_frames(rt_buf_span(&got));
    rt_buf_clear(&got);
    rt_ring_free(ring);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_frames(rt_span(data, size));
    use_ring(data, size);
    return 0;
}
