#ifndef RT_ENGINE_DRIVER_MESSAGE_H
#define RT_ENGINE_DRIVER_MESSAGE_H
/* What a driver may say: docs/drivers.md. */
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/span.h"

#define RT_DRIVER_STATE_MAX      ((size_t)16 << 20) /* bytes */
#define RT_DRIVER_VALUE_MAX      ((size_t)1 << 20)
#define RT_DRIVER_REPLICATES_MAX 1000000
#define RT_DRIVER_PRIORITY_MAX   1000
#define RT_DRIVER_REASON_MAX     200    /* bytes */
#define RT_DRIVER_NEW_PARAMS_MAX 65536u /* bytes of JSON: a part of what a worker's ring takes */

enum rt_driver_verb {
    RT_DRIVER_SUBMIT,
    RT_DRIVER_CANCEL,
    RT_DRIVER_PRIORITY,
    RT_DRIVER_ASK,
    RT_DRIVER_BATCH,
    RT_DRIVER_REPORTS,
    RT_DRIVER_TELL,
    RT_DRIVER_SAVE,
    RT_DRIVER_FINISH,
};

/* Reads a line: an object that is one of them, with all that belongs to it and nothing else.
 * RT_EPEER says what is wrong; *message is yours. */
int rt_driver_message(struct rt_span line, struct rt_json **message, enum rt_driver_verb *verb,
                      struct rt_err *err);

/* Appends one request in the form in which equal ones are equal bytes: an item of a submit with
 * what may be left out left out, or any other message as it is. */
void rt_driver_put_item(struct rt_buf *out, const struct rt_json *item);

#endif
