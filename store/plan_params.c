#include "store/plan_params.h"

#include "base/alloc.h"

#include <stdlib.h>

/* A text that neither params nor keys contain, so that holes can be found again. */
static char *choose_mark(const char *params, const struct rt_plan_axes *axes)
{
    struct rt_buf mark = RT_BUF_INIT;
    bool taken = true;

    rt_buf_add(&mark, "hole");
    while (taken) {
        rt_buf_put_u8(&mark, '-');
        taken = strstr(params, rt_buf_text(&mark)) != NULL;
        for (size_t i = 0; i < axes->count && !taken; i++)
            taken = strstr(axes->items[i].key, rt_buf_text(&mark)) != NULL;
    }
    return rt_buf_take(&mark);
}

struct rt_json *rt_plan_descend(struct rt_json *object, const char **key)
{
    for (const char *dot; object && (dot = strchr(*key, '.')) != NULL; *key = dot + 1) {
        char *name = rt_strndup(*key, (size_t)(dot - *key));

        if (!rt_json_get(object, name))
            rt_json_set(object, name, rt_json_new_object());
        object = rt_json_get(object, name);
        free(name);
        if (rt_json_kind(object) != RT_JSON_OBJECT)
            object = NULL;
    }
    return object;
}

static int set_hole(struct rt_json *params, const char *key, const char *mark, size_t axis,
                    struct rt_err *err)
{
    const char *last = key;
    struct rt_json *object = rt_plan_descend(params, &last);
    char *hole;

    if (!object)
        return rt_err_set(err, RT_EDAMAGED,
                          "the plan sweeps \"%s\", but what holds \"%s\" is no mapping", key, last);
    hole = rt_printf("%s%zu", mark, axis);
    rt_json_set(object, last, rt_json_new_string(hole));
    free(hole);
    return 0;
}

/* Where an axis may lack its key, the key and its comma are no fixed text. */
static void set_key_apart(struct rt_plan_pieces *pieces, struct rt_plan_piece *piece,
                          const struct rt_plan_axis *axis)
{
    const char *dot = strrchr(axis->key, '.');
    struct rt_json *name;
    char *quoted;

    if (!axis->absent)
        return;
    name = rt_json_new_string(dot ? dot + 1 : axis->key);
    quoted = rt_json_text(name);
    piece->key_size = strlen(quoted) + 1;
    piece->size -= piece->key_size;
    piece->key = piece->start + piece->size;
    piece->size -= piece->size > 0 && pieces->text[piece->key - 1] == ',';
    free(quoted);
    rt_json_free(name);
}

static void split(struct rt_plan_pieces *pieces, const struct rt_plan_axes *axes, const char *mark)
{
    char *quoted = rt_printf("\"%s", mark);
    size_t capacity = 0;
    const char *at = pieces->text;

    for (;;) {
        const char *hole = strstr(at, quoted);
        size_t end = hole ? (size_t)(hole - pieces->text) : strlen(pieces->text);
        struct rt_plan_piece *piece;
        char *after = NULL;

        pieces->items = rt_grow(pieces->items, &capacity, pieces->count + 1, sizeof *pieces->items);
        piece = &pieces->items[pieces->count++];
        *piece = (struct rt_plan_piece){.start = (size_t)(at - pieces->text), .axis = SIZE_MAX};
        piece->size = end - piece->start;
        if (!hole)
            break;
        piece->axis = strtoull(hole + strlen(quoted), &after, 10);
        set_key_apart(pieces, piece, &axes->items[piece->axis]);
        at = after + 1;
    }
    free(quoted);
}

int rt_plan_pieces_init(struct rt_plan_pieces *pieces, const struct rt_json *params,
                        const struct rt_plan_axes *axes, struct rt_err *err)
{
    struct rt_json *merged = rt_json_copy(params);
    char *text = rt_json_text(params);
    char *mark = choose_mark(text, axes);
    int rc = 0;

    memset(pieces, 0, sizeof *pieces);
    for (size_t i = 0; i < axes->count && rc == 0; i++)
        rc = set_hole(merged, axes->items[i].key, mark, i, err);
    if (rc == 0) {
        pieces->text = rt_json_text(merged);
        split(pieces, axes, mark);
        if (pieces->count != axes->count + 1)
            rc = rt_err_set(err, RT_EDAMAGED,
                            "the plan sweeps a parameter twice, or one that "
                            "holds another one that it sweeps");
    }
    if (rc < 0)
        rt_plan_pieces_clear(pieces);
    rt_json_free(merged);
    free(text);
    free(mark);
    return rc;
}

void rt_plan_pieces_clear(struct rt_plan_pieces *pieces)
{
    free(pieces->text);
    free(pieces->items);
    *pieces = (struct rt_plan_pieces){NULL, NULL, 0};
}

static bool ends_with_brace(const struct rt_buf *out)
{
    return out->data[out->size - 1] == '{';
}

/* Behind a brace there is no comma, whichever member before it is absent. Texts end with quotes: a
 * brace at the end is an object's. */
void rt_plan_pieces_put(const struct rt_plan_pieces *pieces, const struct rt_plan_axes *axes,
                        uint64_t point, struct rt_buf *out)
{
    for (size_t i = 0; i < pieces->count; i++) {
        const struct rt_plan_piece *piece = &pieces->items[i];
        size_t skip =
            i > 0 && piece->size && pieces->text[piece->start] == ',' && ends_with_brace(out);
        uint64_t level;

        rt_buf_put(out, pieces->text + piece->start + skip, piece->size - skip);
        if (piece->axis == SIZE_MAX)
            break;
        level = rt_plan_axes_level(axes, point, piece->axis);
        if (rt_plan_axis_absent(&axes->items[piece->axis], level))
            continue;
        if (piece->key_size && !ends_with_brace(out))
            rt_buf_put_u8(out, ',');
        rt_buf_put(out, pieces->text + piece->key, piece->key_size);
        rt_plan_axis_put(&axes->items[piece->axis], level, out);
    }
}
