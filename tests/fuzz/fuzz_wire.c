/* Any bytes as a message: refused, or understood in one way only. */
#include "base/buf.h"
#include "engine/wire.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk_rows(struct rt_span rows)
{
    struct rt_attempts_reader attempts;
    struct rt_attempt attempt;
    struct rt_err err;

    if (rt_attempts_open(&attempts, rows, &err) < 0)
        return;
    while (rt_attempts_next(&attempts, &attempt, &err) == 1)
        if (attempt.result.data.size > rows.size)
            abort();
}

/* Varints may be longer than they need to be, so that the bytes need not be the same; put once
 * more, they are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rt_buf once = RT_BUF_INIT;
    struct rt_buf twice = RT_BUF_INIT;
    struct rt_wire wire;
    struct rt_wire again;
    struct rt_err err;

    if (rt_wire_get(rt_span(data, size), &wire, &err) < 0)
        return 0;
    rt_wire_put(&once, &wire);
    if (once.size > size || rt_wire_get(rt_buf_span(&once), &again, &err) < 0)
        abort();
    rt_wire_put(&twice, &again);
    if (!rt_span_equal(rt_buf_span(&once), rt_buf_span(&twice)))
        abort();
    if (wire.kind == RT_WIRE_RESULTS)
        walk_rows(wire.results.rows);
    rt_wire_clear(&wire);
    rt_wire_clear(&again);
    rt_buf_clear(&once);
    rt_buf_clear(&twice);
    return 0;
}
