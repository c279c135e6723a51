#include "store/home_history.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What one writer has in the history. */
struct part {
    uint32_t number;
    uint64_t first; /* its first event */
    struct rt_home_head head;
};

struct reading {
    const char *home;
    const uint8_t *uuid;
    uint64_t from;
    rt_home_frame_fn *each;
    void *context;
    struct part *parts; /* the newest first */
    size_t count;
    size_t capacity;
    struct rt_buf bytes;
};

static int read_base(const char *home, uint32_t number, uint32_t base,
                     struct rt_home_writer *writer, struct rt_err *err)
{
    int rc = rt_home_writer(home, base, writer, err);

    if (rc == 1 && writer->begun)
        return 0;
    rt_home_writer_clear(writer);
    return rc < 0 ? rc
                  : rt_err_set(err, RT_EDAMAGED,
                               "writer %" PRIu32 " of the home \"%s\" continues writer %" PRIu32
                               ", which is not there",
                               number, home, base);
}

static void add_part(struct reading *reading, uint32_t number, const struct rt_home_head *from,
                     const struct rt_home_head *head)
{
    reading->parts =
        rt_grow(reading->parts, &reading->capacity, reading->count + 1, sizeof *reading->parts);
    reading->parts[reading->count++] = (struct part){number, from->seq + 1, *head};
}

/* The parts that hold events from reading->from on. */
static int find_parts(struct reading *reading, const struct rt_home_writer *newest,
                      struct rt_err *err)
{
    struct rt_home_head from = newest->from;
    uint32_t number = newest->number;
    uint32_t base = newest->base;
    int rc = 0;

    add_part(reading, number, &from, &newest->head);
    while (rc == 0 && base && from.seq >= reading->from) {
        struct rt_home_writer writer;

        if ((rc = read_base(reading->home, number, base, &writer, err)) < 0)
            break;
        add_part(reading, base, &writer.from, &from);
        number = base;
        base = writer.base;
        from = writer.from;
        rt_home_writer_clear(&writer);
    }
    return rc;
}

/* Reads bytes of a journal file; all of them must be there. */
static int read_at(int fd, uint64_t offset, size_t size, struct rt_buf *out, struct rt_err *err)
{
    rt_buf_reset(out);
    rt_buf_reserve(out, size);
    while (out->size < size) {
        ssize_t got =
            pread(fd, out->data + out->size, size - out->size, (off_t)(offset + out->size));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return rt_err_errno(err, RT_EIO, "reading");
        if (got == 0)
            return rt_err_set(err, RT_EDAMAGED, "it is cut short at byte %" PRIu64,
                              offset + out->size);
        out->size += (size_t)got;
    }
    return 0;
}

static int take_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    const struct reading *reading = context;

    return event->seq < reading->from ? 0 : reading->each(reading->context, event, err);
}

/* Reads the frame at an offset, or only its check if all its events are known. */
static int read_frame(struct reading *reading, int fd, uint64_t offset, struct rt_home_frame *frame,
                      uint8_t check[RT_HOME_CHECK], struct rt_err *err)
{
    size_t size;
    int rc;

    if ((rc = read_at(fd, offset, RT_HOME_FRAME_HEADER, &reading->bytes, err)) < 0 ||
        (rc = rt_home_frame_header(rt_buf_span(&reading->bytes), frame, err)) < 0)
        return rc;
    size = RT_HOME_FRAME_HEADER + (size_t)frame->bytes;
    if (frame->first + frame->count > reading->from) {
        if ((rc = read_at(fd, offset, size + RT_HOME_CHECK, &reading->bytes, err)) < 0)
            return rc;
        return rt_home_frame_read(rt_buf_span(&reading->bytes), reading->uuid, check, take_event,
                                  reading, err);
    }
    if ((rc = read_at(fd, offset + size, RT_HOME_CHECK, &reading->bytes, err)) == 0)
        memcpy(check, reading->bytes.data, RT_HOME_CHECK);
    return rc;
}

static int check_frame(const struct rt_home_frame *frame, uint64_t next, const uint8_t *check,
                       struct rt_err *err)
{
    if (frame->first != next)
        return rt_err_set(err, RT_EDAMAGED, "event %" PRIu64 " stands where %" PRIu64 " should",
                          frame->first, next);
    if (memcmp(frame->before, check, RT_HOME_CHECK) != 0)
        return rt_err_set(err, RT_EDAMAGED,
                          "the frame of event %" PRIu64 " does not belong behind the one before it",
                          frame->first);
    return 0;
}

static int read_frames(struct reading *reading, int fd, const struct part *part, struct rt_err *err)
{
    uint8_t before[RT_HOME_CHECK] = {0};
    uint8_t check[RT_HOME_CHECK] = {0};
    uint64_t next = part->first;
    uint64_t offset = 0;
    int rc = 0;

    while (rc == 0 && offset < part->head.bytes) {
        struct rt_home_frame frame;

        if ((rc = read_frame(reading, fd, offset, &frame, check, err)) != 0 ||
            (rc = check_frame(&frame, next, before, err)) < 0)
            return rc;
        memcpy(before, check, RT_HOME_CHECK);
        next += frame.count;
        offset += RT_HOME_FRAME_HEADER + frame.bytes + RT_HOME_CHECK;
    }
    if (rc == 0 && (offset != part->head.bytes || next != part->head.seq + 1 ||
                    memcmp(check, part->head.check, RT_HOME_CHECK) != 0))
        rc = rt_err_set(err, RT_EDAMAGED, "it does not end as its writer says");
    return rc;
}

static int read_part(struct reading *reading, const struct part *part, struct rt_err *err)
{
    char *path = rt_home_journal_path(reading->home, part->number);
    int fd = -1;
    int rc = 0;

    if (part->head.bytes == 0 || part->head.seq < reading->from)
        goto out;
    if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
        rc = rt_err_errno(err, errno == ENOENT ? RT_EDAMAGED : RT_EIO, "opening \"%s\"", path);
        goto out;
    }
    if ((rc = read_frames(reading, fd, part, err)) < 0)
        rt_err_while(err, "\"%s\"", path);
out:
    if (fd >= 0)
        close(fd);
    free(path);
    return rc;
}

int rt_home_events(const char *home, const uint8_t uuid[16], const struct rt_home_writer *newest,
                   uint64_t from, rt_home_frame_fn *each, void *context, struct rt_err *err)
{
    struct reading reading = {
        .home = home, .uuid = uuid, .from = from, .each = each, .context = context};
    int rc = find_parts(&reading, newest, err);

    for (size_t i = reading.count; rc == 0 && i-- > 0;)
        rc = read_part(&reading, &reading.parts[i], err);
    rt_buf_clear(&reading.bytes);
    free(reading.parts);
    return rc;
}

int rt_home_counts(const char *home, const struct rt_home_writer *newest, uint32_t number,
                   uint64_t *seq, struct rt_err *err)
{
    struct rt_home_head head = newest->head;
    struct rt_home_head from = newest->from;
    uint32_t at = newest->number;
    uint32_t base = newest->base;
    int rc;

    while (at > number && base) {
        struct rt_home_writer writer;

        if ((rc = read_base(home, at, base, &writer, err)) < 0)
            return rc;
        head = from;
        at = base;
        base = writer.base;
        from = writer.from;
        rt_home_writer_clear(&writer);
    }
    *seq = head.seq;
    return at == number;
}
