#include "engine/capture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096u

int rt_capture_new(int *fd, struct rt_err *err)
{
    int made = memfd_create("retrial-output", MFD_CLOEXEC);

    if (made < 0)
        return rt_err_errno(err, RT_EIO, "making a file for output");
    if (fcntl(made, F_SETFL, O_APPEND) < 0) {
        close(made);
        return rt_err_errno(err, RT_EIO, "preparing a file for output");
    }
    *fd = made;
    return 0;
}

uint64_t rt_capture_size(int fd)
{
    struct stat info;

    return fstat(fd, &info) == 0 ? (uint64_t)info.st_size : 0;
}

static void read_part(int fd, uint64_t from, uint64_t size, struct rt_buf *kept)
{
    rt_buf_reserve(kept, (size_t)size);
    while (size) {
        ssize_t got = pread(fd, kept->data + kept->size, (size_t)size, (off_t)from);

        if (got <= 0)
            return;
        kept->size += (size_t)got;
        from += (uint64_t)got;
        size -= (uint64_t)got;
    }
}

void rt_capture_read(int fd, uint64_t base, uint64_t size, uint64_t limit, struct rt_buf *kept,
                     uint64_t *head)
{
    uint64_t total = size - base;

    *head = total <= limit ? total : limit / 2;
    read_part(fd, base, *head, kept);
    if (total > limit)
        read_part(fd, size - (limit - limit / 2), limit - limit / 2, kept);
}

static void punch(int fd, uint64_t from, uint64_t to)
{
    if (from < to)
        fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)from, (off_t)(to - from));
}

void rt_capture_thin(int fd, uint64_t base, uint64_t size, uint64_t limit)
{
    if (size - base > limit)
        punch(fd, base + limit / 2, size - (limit - limit / 2));
}

/* From the start of the page, which the output before left half used. */
void rt_capture_drop(int fd, uint64_t base, uint64_t size)
{
    punch(fd, base - base % PAGE, size);
}
