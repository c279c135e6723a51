#ifndef RT_STORE_PLAN_PARAMS_H
#define RT_STORE_PLAN_PARAMS_H
/*
 * The params of all points of a plan: one canonical text with holes, each of
 * which takes a value of an axis.
 */
#include "store/plan_axes.h"

/* A stretch of fixed text, and the axis whose value follows it. */
struct rt_plan_piece {
    size_t start; /* in the text */
    size_t size;
    size_t key; /* in the text: `"key":`, if the axis may lack it; then the piece ends before the */
    size_t key_size; /* comma that the key would need */
    size_t axis;     /* SIZE_MAX: none, the last piece */
};

struct rt_plan_pieces {
    char *text;
    struct rt_plan_piece *items;
    size_t count;
};

/* Merges fixed params and axes. RT_EDAMAGED if two axes claim the same member, or an axis a
 * member of something that is no object. */
int rt_plan_pieces_init(struct rt_plan_pieces *pieces, const struct rt_json *params,
                        const struct rt_plan_axes *axes, struct rt_err *err);
void rt_plan_pieces_clear(struct rt_plan_pieces *pieces);

/* Appends the params of a point of the first replicate. */
void rt_plan_pieces_put(const struct rt_plan_pieces *pieces, const struct rt_plan_axes *axes,
                        uint64_t point, struct rt_buf *out);

/* The object that holds the member which a dotted key names; made where it is missing. *key
 * becomes the last part. NULL if something on the way is no object. */
struct rt_json *rt_plan_descend(struct rt_json *object, const char **key);

#endif
