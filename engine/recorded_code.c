#include "engine/recorded_code.h"

#include <string.h>

/* The body of the CODE event of a code state: the last one recorded. */
struct code_search {
    const char *hex;
    struct rt_json *record;
};

static int look_at_code(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct code_search *search = context;
    struct rt_json *body;
    int rc;

    if ((rc = rt_json_parse(event->body, &body, err)) < 0)
        return rc;
    if (strcmp(rt_json_get_text(body, "code", ""), search->hex) == 0) {
        rt_json_free(search->record);
        search->record = rt_json_keep(body);
    }
    rt_json_free(body);
    return 0;
}

int rt_recorded_code(struct rt_store *store, const char *hex, struct rt_json **record,
                     struct rt_err *err)
{
    struct code_search search = {hex, NULL};
    int rc = rt_store_read_kind(store, RT_EVENT_CODE, look_at_code, &search, err);

    *record = search.record;
    if (rc == 0 && !search.record)
        rc = rt_err_set(err, RT_EDAMAGED, "code %.12s is not in the journal", hex);
    return rc;
}
