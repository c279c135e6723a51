#include "engine/depot.h"

#include "base/alloc.h"
#include "store/kept.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a rank is sending. */
struct coming {
    struct rt_kept_file file;
    uint64_t ordinal;
    uint32_t attempt;
    uint64_t size;
};

/* A file that goes once an event is durable. */
struct going {
    uint64_t seq;
    struct rt_hash hash;
};

struct rt_depot {
    struct rt_store *store;
    uint32_t study;
    struct rt_kept_table table;
    struct coming *coming; /* by rank */
    size_t ranks;
    struct going *going;
    size_t going_count;
    size_t going_capacity;
    struct rt_wire_piece piece; /* of the input at hand */
    char *name;
};

static int recall(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct rt_depot *depot = context;
    struct rt_kept_entry before = {0};
    int rc = rt_kept_take(&depot->table, event->body, &before, err);

    free(before.name);
    return rc < 0 ? rc : 0;
}

int rt_depot_new(struct rt_store *store, uint32_t study, struct rt_depot **out, struct rt_err *err)
{
    struct rt_depot *depot = rt_calloc(1, sizeof *depot);
    int rc = 0;

    depot->store = store;
    depot->study = study;
    if (rt_kept_any(rt_store_path(store)) &&
        (rc = rt_store_read_kind(store, RT_EVENT_CHECKPOINT, recall, depot, err)) == 0)
        rt_kept_walk(rt_store_path(store), &depot->table, NULL, NULL);
    if (rc < 0)
        rt_depot_free(depot);
    else
        *out = depot;
    return rc;
}

void rt_depot_free(struct rt_depot *depot)
{
    if (!depot)
        return;
    for (size_t i = 0; i < depot->ranks; i++)
        rt_kept_drop(&depot->coming[i].file);
    free(depot->coming);
    free(depot->going);
    free(depot->name);
    rt_kept_clear(&depot->table);
    free(depot);
}

static struct coming *coming_of(struct rt_depot *depot, int rank)
{
    size_t before = depot->ranks;

    depot->coming = rt_grow(depot->coming, &depot->ranks, (size_t)rank + 1, sizeof *depot->coming);
    for (size_t i = before; i < depot->ranks; i++)
        depot->coming[i] = (struct coming){.file = {.fd = -1}};
    return &depot->coming[rank];
}

static void answer_place(struct rt_buf *answer, enum rt_wire_kind kind,
                         const struct rt_wire_piece *piece, uint64_t offset)
{
    struct rt_wire wire = {
        .kind = kind,
        .piece = {.ordinal = piece->ordinal, .attempt = piece->attempt, .offset = offset}};

    rt_wire_put(answer, &wire);
}

/* The piece is that of the file at hand, or the first of another. */
static int fit(struct rt_depot *depot, struct coming *coming, int rank,
               const struct rt_wire_piece *piece, struct rt_err *err)
{
    if (piece->offset == 0) {
        rt_kept_drop(&coming->file);
        coming->ordinal = piece->ordinal;
        coming->attempt = piece->attempt;
        coming->size = piece->size;
        return rt_kept_begin(&coming->file, rt_store_path(depot->store), (unsigned)rank, err);
    }
    if (!coming->file.path || coming->ordinal != piece->ordinal ||
        coming->attempt != piece->attempt || coming->size != piece->size ||
        coming->file.size != piece->offset)
        return rt_err_set(err, RT_EPEER, "a piece of a checkpoint does not follow");
    return 0;
}

static void keep_piece(struct rt_depot *depot, const struct rt_wire_piece *piece)
{
    free(depot->name);
    depot->name = rt_strndup(piece->name.size ? piece->name.data : "", piece->name.size);
    depot->piece = *piece;
    depot->piece.name = rt_span_text(depot->name);
    depot->piece.bytes = rt_span(NULL, 0);
}

static int take_keep(struct rt_depot *depot, int rank, const struct rt_wire_piece *piece,
                     struct rt_input *input, struct rt_buf *answer, struct rt_err *err)
{
    struct coming *coming = coming_of(depot, rank);
    struct rt_hash hash;
    int rc = fit(depot, coming, rank, piece, err);

    if (rc == RT_EPEER || piece->size == RT_WIRE_KEPT) { /* it is not wanted any more */
        answer_place(answer, RT_WIRE_MORE, piece, RT_WIRE_KEPT);
        return 0;
    }
    if (rc < 0 || (rc = rt_kept_add(&coming->file, piece->bytes, err)) < 0)
        return rc;
    if (coming->file.size < piece->size) {
        answer_place(answer, RT_WIRE_MORE, piece, coming->file.size);
        return 0;
    }
    if ((rc = rt_kept_end(&coming->file, rt_store_path(depot->store), &hash, err)) < 0)
        return rc;
    keep_piece(depot, piece);
    depot->piece.hash = hash;
    *input = (struct rt_input){.kind = RT_INPUT_KEPT, .rank = rank, .piece = &depot->piece};
    return 1;
}

static void put_piece(struct rt_depot *depot, const struct rt_wire_piece *asked,
                      const struct rt_kept_entry *entry, struct rt_buf *answer)
{
    struct rt_wire wire = {.kind = RT_WIRE_PIECE, .piece = *asked};
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_err err;

    wire.piece.size = RT_WIRE_KEPT;
    if (entry && asked->offset <= entry->bytes &&
        rt_kept_read(rt_store_path(depot->store), &entry->hash, asked->offset, RT_DEPOT_PIECE,
                     &bytes, &err) == 0 &&
        (bytes.size || asked->offset == entry->bytes)) {
        wire.piece.size = entry->bytes;
        wire.piece.folder = entry->folder;
        wire.piece.name = rt_span_text(entry->name);
        wire.piece.hash = entry->hash;
        wire.piece.bytes = rt_buf_span(&bytes);
    }
    rt_wire_put(answer, &wire);
    rt_buf_clear(&bytes);
}

/* One that asks for what is behind the end has got all of it, and checked it. */
static int take_want(struct rt_depot *depot, int rank, const struct rt_wire_piece *piece,
                     struct rt_input *input, struct rt_buf *answer)
{
    const struct rt_kept_entry *entry = rt_kept_find(&depot->table, depot->study, piece->ordinal);

    if (entry && entry->attempt >= piece->attempt)
        entry = NULL; /* of a later attempt: whoever asks is late */
    if (!entry || piece->offset != RT_WIRE_KEPT) {
        put_piece(depot, piece, entry, answer);
        return 0;
    }
    keep_piece(depot, piece);
    depot->piece.hash = entry->hash;
    *input = (struct rt_input){
        .kind = RT_INPUT_GIVEN, .rank = rank, .piece = &depot->piece, .kept_by = entry->attempt};
    return 1;
}

int rt_depot_take(struct rt_depot *depot, int rank, const struct rt_wire *wire,
                  struct rt_input *input, struct rt_buf *answer, struct rt_err *err)
{
    if (wire->kind == RT_WIRE_KEEP)
        return take_keep(depot, rank, &wire->piece, input, answer, err);
    return take_want(depot, rank, &wire->piece, input, answer);
}

int rt_depot_appended(struct rt_depot *depot, uint64_t seq, struct rt_span body, struct rt_err *err)
{
    struct rt_kept_entry before = {0};
    int rc = rt_kept_take(&depot->table, body, &before, err);

    if (rc == 1) {
        depot->going = rt_grow(depot->going, &depot->going_capacity, depot->going_count + 1,
                               sizeof *depot->going);
        depot->going[depot->going_count++] = (struct going){seq, before.hash};
        free(before.name);
    }
    return rc < 0 ? rc : 0;
}

void rt_depot_durable(struct rt_depot *depot, uint64_t seq)
{
    size_t left = 0;

    for (size_t i = 0; i < depot->going_count; i++) {
        struct going *going = &depot->going[i];
        char *path;

        if (going->seq > seq) {
            depot->going[left++] = *going;
            continue;
        }
        path = rt_kept_path(rt_store_path(depot->store), &going->hash);
        if (!rt_kept_names(&depot->table, &going->hash))
            unlink(path);
        free(path);
    }
    depot->going_count = left;
}
