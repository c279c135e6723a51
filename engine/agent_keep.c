/* Checkpoints of running trials: to the conductor in pieces, and back. */
#include "engine/agent_own.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/depot.h"
#include "engine/parcel.h"
#include "store/moves.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A copy that is to be kept: the newest of its trial. */
struct copy {
    uint64_t ordinal;
    uint32_t attempt;
    int64_t step;
    bool folder;
    char *path; /* ours */
    char *name;
};

/* What a trial waits for. */
struct restore {
    uint64_t ordinal;
    uint32_t attempt;
    char *folder; /* of its worker */
    char *part;   /* the file that it comes into */
    uint64_t size;
    bool asked; /* for what follows */
};

/* A failed attempt, whose checkpoint comes first. */
struct held {
    uint64_t ordinal;
    uint32_t attempt;
    struct rt_buf row;
};

struct rt_agent_keep {
    struct held *held;
    size_t held_count;
    size_t held_capacity;
    struct copy *copies; /* the first is on its way */
    size_t count;
    size_t capacity;
    uint64_t size;   /* of the first */
    uint64_t offset; /* of its next piece */
    bool sending;
    bool asked; /* the next piece is wanted */
    uint64_t names;
    struct restore *restores;
    size_t restore_count;
    size_t restore_capacity;
};

static void clear_copy(struct copy *copy)
{
    unlink(copy->path);
    free(copy->path);
    free(copy->name);
}

/* One that has been taken over, or is not wanted: its trial may keep the next. */
static void end_copy(struct rt_agent *agent, size_t at)
{
    struct rt_agent_keep *keep = agent->keep;

    rt_pool_kept(agent->pool, keep->copies[at].ordinal, keep->copies[at].attempt);
    clear_copy(&keep->copies[at]);
    memmove(keep->copies + at, keep->copies + at + 1, (--keep->count - at) * sizeof *keep->copies);
    if (at == 0)
        keep->sending = keep->asked = false;
}

/* It is not kept, and the one before stays; its trial hears why. */
static void lose_copy(struct rt_agent *agent, size_t at, int error)
{
    const struct copy *copy = &agent->keep->copies[at];
    char *text = rt_printf(
        "the checkpoint \"%s\" could not be kept: its copy \"%s\" cannot be %s: %s", copy->name,
        copy->path, at || !agent->keep->sending ? "moved" : "read", strerror(error));

    rt_pool_say(agent->pool, copy->ordinal, copy->attempt, text);
    free(text);
    end_copy(agent, at);
}

/* Takes the copy away from its worker, whose folder goes with it. */
static void take_copy(void *context, const struct rt_pool_copy *copy)
{
    struct rt_agent *agent = context;
    struct rt_agent_keep *keep = agent->keep;
    struct copy mine = {.ordinal = copy->ordinal,
                        .attempt = copy->attempt,
                        .step = copy->step,
                        .folder = copy->folder};

    for (size_t i = keep->sending ? 1 : 0; i < keep->count; i++) {
        if (keep->copies[i].ordinal == copy->ordinal) {
            end_copy(agent, i); /* a newer one replaces it */
            break;
        }
    }
    mine.path = rt_printf("%s/kept-%llu", rt_scratch_path(agent->scratch),
                          (unsigned long long)++keep->names);
    mine.name = rt_strdup(copy->name);
    keep->copies = rt_grow(keep->copies, &keep->capacity, keep->count + 1, sizeof mine);
    keep->copies[keep->count++] = mine;
    if (rename(copy->path, mine.path) < 0)
        lose_copy(agent, keep->count - 1, errno);
}

static void take_restore(void *context, uint64_t ordinal, uint32_t attempt, const char *folder)
{
    struct rt_agent *agent = context;
    struct rt_agent_keep *keep = agent->keep;
    struct restore mine = {.ordinal = ordinal, .attempt = attempt, .asked = true};

    mine.folder = rt_fs_join(folder, "restored");
    mine.part = rt_fs_join(folder, "restored.part");
    rt_fs_remove(mine.folder, NULL);
    rt_fs_remove(mine.part, NULL);
    keep->restores =
        rt_grow(keep->restores, &keep->restore_capacity, keep->restore_count + 1, sizeof mine);
    keep->restores[keep->restore_count++] = mine;
}

void rt_agent_keep_init(struct rt_agent *agent)
{
    agent->keep = rt_calloc(1, sizeof *agent->keep);
    rt_pool_set_keeper(agent->pool, take_copy, take_restore, agent);
}

static void clear_restore(struct restore *restore)
{
    unlink(restore->part);
    free(restore->folder);
    free(restore->part);
}

void rt_agent_keep_free(struct rt_agent *agent)
{
    struct rt_agent_keep *keep = agent->keep;

    if (!keep)
        return;
    for (size_t i = 0; i < keep->count; i++)
        clear_copy(&keep->copies[i]);
    for (size_t i = 0; i < keep->restore_count; i++)
        clear_restore(&keep->restores[i]);
    for (size_t i = 0; i < keep->held_count; i++)
        rt_buf_clear(&keep->held[i].row);
    free(keep->held);
    free(keep->copies);
    free(keep->restores);
    free(keep);
}

bool rt_agent_keeps(const struct rt_agent *agent)
{
    return agent->keep && (agent->keep->count || agent->keep->held_count);
}

static bool is_coming(const struct rt_agent_keep *keep, uint64_t ordinal, uint32_t attempt)
{
    for (size_t i = 0; i < keep->count; i++) {
        if (keep->copies[i].ordinal == ordinal && keep->copies[i].attempt == attempt)
            return true;
    }
    return false;
}

bool rt_agent_hold(struct rt_agent *agent, struct rt_span row)
{
    struct rt_agent_keep *keep = agent->keep;
    struct rt_reader reader = rt_reader(row);
    struct rt_attempt attempt;
    struct held held = {.row = RT_BUF_INIT};

    if (!keep || keep->count == 0)
        return false;
    rt_attempt_get(&reader, &attempt);
    if (rt_outcome_success(attempt.outcome) || !is_coming(keep, attempt.ordinal, attempt.attempt))
        return false;
    held.ordinal = attempt.ordinal;
    held.attempt = attempt.attempt;
    rt_buf_put(&held.row, row.data, row.size);
    keep->held = rt_grow(keep->held, &keep->held_capacity, keep->held_count + 1, sizeof held);
    keep->held[keep->held_count++] = held;
    return true;
}

void rt_agent_release(struct rt_agent *agent, uint64_t mono_us)
{
    struct rt_agent_keep *keep = agent->keep;
    size_t left = 0;

    for (size_t i = 0; keep && i < keep->held_count; i++) {
        struct held *held = &keep->held[i];

        if (is_coming(keep, held->ordinal, held->attempt)) {
            keep->held[left++] = *held;
            continue;
        }
        rt_handover_put_packed(&agent->handover, rt_buf_span(&held->row), mono_us);
        rt_buf_clear(&held->row);
    }
    if (keep)
        keep->held_count = left;
}

/* The next piece of the first copy; what cannot be read is given up. */
static int send_piece(struct rt_agent *agent, struct rt_err *err)
{
    struct rt_agent_keep *keep = agent->keep;
    const struct copy *copy = &keep->copies[0];
    struct rt_wire wire = {.kind = RT_WIRE_KEEP,
                           .piece = {.ordinal = copy->ordinal,
                                     .attempt = copy->attempt,
                                     .step = (uint64_t)(copy->step + 1),
                                     .folder = copy->folder,
                                     .name = rt_span_text(copy->name),
                                     .offset = keep->offset}};
    int fd = open(copy->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char *bytes = rt_alloc(RT_DEPOT_PIECE);
    struct stat info;
    ssize_t got = -1;
    int error;
    int rc = 0;

    if (fd >= 0 && fstat(fd, &info) == 0)
        got = pread(fd, bytes, RT_DEPOT_PIECE, (off_t)keep->offset);
    error = got < 0 ? errno : EIO;
    if (fd >= 0)
        close(fd);
    if (got < 0 || (got == 0 && info.st_size > 0)) {
        lose_copy(agent, 0, error);
    } else {
        wire.piece.size = (uint64_t)info.st_size;
        wire.piece.bytes = rt_span(bytes, (size_t)got);
        keep->asked = false;
        rc = rt_agent_say(agent, &wire, err);
    }
    free(bytes);
    return rc;
}

static int ask_on(struct rt_agent *agent, struct restore *restore, struct rt_err *err)
{
    struct rt_wire wire = {.kind = RT_WIRE_WANT,
                           .piece = {.ordinal = restore->ordinal,
                                     .attempt = restore->attempt,
                                     .offset = restore->size}};

    restore->asked = false;
    return rt_agent_say(agent, &wire, err);
}

static void end_restore(struct rt_agent *agent, size_t at, const char *path)
{
    struct rt_agent_keep *keep = agent->keep;

    rt_pool_restored(agent->pool, keep->restores[at].ordinal, keep->restores[at].attempt, path);
    clear_restore(&keep->restores[at]);
    keep->restores[at] = keep->restores[--keep->restore_count];
}

/* Without a conductor nothing is kept, and nothing is had back. */
static void give_up(struct rt_agent *agent)
{
    while (agent->keep->count)
        end_copy(agent, agent->keep->count - 1);
    while (agent->keep->restore_count)
        end_restore(agent, agent->keep->restore_count - 1, NULL);
}

int rt_agent_pass_pieces(struct rt_agent *agent, struct rt_err *err)
{
    struct rt_agent_keep *keep = agent->keep;
    int rc = 0;

    if (!keep || (keep->count == 0 && keep->restore_count == 0))
        return 0;
    if (agent->life == LIFE_ORPHANED || agent->life == LIFE_DESPAIRED) {
        give_up(agent);
        return 0;
    }
    if (keep->count && !keep->sending) {
        keep->sending = keep->asked = true;
        keep->offset = 0;
    }
    if (keep->asked)
        rc = send_piece(agent, err);
    for (size_t i = 0; rc == 0 && i < keep->restore_count; i++) {
        if (keep->restores[i].asked)
            rc = ask_on(agent, &keep->restores[i], err);
    }
    return rc;
}

void rt_agent_take_more(struct rt_agent *agent, const struct rt_wire_piece *more)
{
    struct rt_agent_keep *keep = agent->keep;

    if (!keep || !keep->sending || keep->count == 0 || keep->copies[0].ordinal != more->ordinal ||
        keep->copies[0].attempt != more->attempt)
        return;
    if (more->offset == RT_WIRE_KEPT) {
        end_copy(agent, 0);
        return;
    }
    keep->offset = more->offset;
    keep->asked = true;
}

static int add_bytes(const struct restore *restore, struct rt_span bytes, struct rt_err *err)
{
    int fd = open(restore->part, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    int rc;

    if (fd < 0)
        return rt_fs_write_error(err, "making", restore->part);
    rc = rt_fs_write_all(fd, bytes, restore->part, err);
    close(fd);
    return rc;
}

static int restore_as(const struct restore *restore, const struct rt_wire_piece *piece,
                      const char *path, struct rt_err *err)
{
    struct rt_hash hash;
    int rc;

    if ((rc = rt_hash_file(restore->part, &hash, NULL, err)) < 0)
        return rc;
    if (!rt_hash_equal(&hash, &piece->hash))
        return rt_err_set(err, RT_EDAMAGED, "it is not what was kept");
    if (mkdir(restore->folder, 0700) < 0)
        return rt_fs_write_error(err, "making", restore->folder);
    if (piece->folder)
        return rt_parcel_unpack(restore->part, path, err);
    return rename(restore->part, path) < 0 ? rt_fs_write_error(err, "making", path) : 0;
}

/* What has come whole gets its name back. *path is yours; NULL if that failed. */
static char *unpack(const struct restore *restore, const struct rt_wire_piece *piece,
                    struct rt_err *err)
{
    char *name = rt_strndup(piece->name.data, piece->name.size);
    char *path = rt_fs_join(restore->folder, name);
    int rc = restore_as(restore, piece, path, err);

    free(name);
    if (rc < 0) {
        free(path);
        path = NULL;
    }
    return path;
}

/* Tells that it is here: the attempt goes on from it. */
static void say_given(struct rt_agent *agent, const struct restore *restore)
{
    struct rt_wire wire = {.kind = RT_WIRE_WANT,
                           .piece = {.ordinal = restore->ordinal,
                                     .attempt = restore->attempt,
                                     .offset = RT_WIRE_KEPT}};
    struct rt_err ignored; /* the comm says it again */

    rt_agent_say(agent, &wire, &ignored);
}

/* The attempt starts from the beginning, and says why. */
static void say_not_given(struct rt_agent *agent, const struct restore *restore,
                          const struct rt_err *why)
{
    char *text =
        rt_printf("the checkpoint of an earlier attempt could not be restored: %s", why->text);

    rt_pool_say(agent->pool, restore->ordinal, restore->attempt, text);
    free(text);
}

static void take_bytes(struct rt_agent *agent, size_t at, const struct rt_wire_piece *piece)
{
    struct restore *restore = &agent->keep->restores[at];
    struct rt_err err = {.code = 0};
    char *path = NULL;

    if (piece->size != RT_WIRE_KEPT && piece->offset == restore->size &&
        add_bytes(restore, piece->bytes, &err) == 0) {
        restore->size += piece->bytes.size;
        if (restore->size < piece->size) {
            restore->asked = true;
            return;
        }
        path = unpack(restore, piece, &err);
    }
    if (path)
        say_given(agent, restore);
    else if (err.code)
        say_not_given(agent, restore, &err);
    end_restore(agent, at, path);
    free(path);
}

void rt_agent_take_piece(struct rt_agent *agent, const struct rt_wire_piece *piece)
{
    struct rt_agent_keep *keep = agent->keep;

    for (size_t i = 0; keep && i < keep->restore_count; i++) {
        if (keep->restores[i].ordinal == piece->ordinal &&
            keep->restores[i].attempt == piece->attempt) {
            take_bytes(agent, i, piece);
            return;
        }
    }
}
