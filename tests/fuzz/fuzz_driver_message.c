/* Any line of a driver: it is refused with a reason, or is a request that stays the same one in the
 * form in which requests of a replay are compared. */
#include "base/alloc.h"
#include "engine/driver_message.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_items(const struct rt_json *message)
{
    const struct rt_json *list = rt_json_get(message, "submit");

    for (size_t i = 0; i < rt_json_count(list); i++) {
        struct rt_buf once = RT_BUF_INIT;
        struct rt_buf twice = RT_BUF_INIT;
        struct rt_json *item;
        struct rt_err err;

        rt_driver_put_item(&once, rt_json_at(list, i));
        if (rt_json_parse(rt_buf_span(&once), &item, &err) < 0)
            abort();
        rt_driver_put_item(&twice, item);
        if (strcmp(rt_buf_text(&once), rt_buf_text(&twice)) != 0)
            abort();
        rt_json_free(item);
        rt_buf_clear(&once);
        rt_buf_clear(&twice);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum rt_driver_verb verb;
    enum rt_driver_verb again;
    struct rt_json *message;
    struct rt_json *same;
    struct rt_err err;
    char *text;

    if (rt_driver_message(rt_span(data, size), &message, &verb, &err) < 0) {
        if (err.code != RT_EPEER || !err.text[0])
            abort();
        return 0;
    }
    check_items(message);
    text = rt_json_text(message);
    if (rt_driver_message(rt_span_text(text), &same, &again, &err) < 0 || again != verb)
        abort();
    rt_json_free(same);
    rt_json_free(message);
    free(text);
    return 0;
}
