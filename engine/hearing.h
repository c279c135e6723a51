#ifndef RT_ENGINE_HEARING_H
#define RT_ENGINE_HEARING_H
/*
 * Hearings: at which of its calls a running trial came to know what it was told.
 *
 * A model does not wait for its answers: when one is there depends on the machine. So what it
 * heard is recorded with the call that brought it, and can be given to a replay at the same one.
 * An attempt has the number of its hearings (store/event.h): some that are missing show.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/json.h"
#include "base/reader.h"
#include "base/span.h"

struct rt_hearing {
    uint64_t ordinal;
    uint32_t attempt;
    uint32_t number;     /* of the attempt's hearings: 1, 2, ... */
    uint64_t call;       /* of report() and should_stop(), together: 1, 2, ...; 0: a command, which
                          * looks when it likes */
    uint64_t reports;    /* that it had made */
    struct rt_span text; /* JSON: {"stop": reason}, {"params": {..}} or both; borrowed */
};

/* Packed, on its way from an agent to the conductor. next: false at the end, or where it is
 * malformed. */
void rt_hearing_put(struct rt_buf *rows, const struct rt_hearing *hearing);
bool rt_hearing_next(struct rt_reader *rows, struct rt_hearing *hearing);

/* As events have it; NULL if its text is none that a trial can be told. */
struct rt_json *rt_hearing_json(const struct rt_hearing *hearing);

#endif
