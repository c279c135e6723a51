/* Any bytes as a result: what is read in place is what the parser reads. */
#include "base/alloc.h"
#include "store/index_metrics.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int same(const struct rt_metric *a, const struct rt_metric *b)
{
    const struct rt_datum *x = &a->value;
    const struct rt_datum *y = &b->value;

    return rt_span_equal(a->name, b->name) && x->type == y->type && x->integer == y->integer &&
           memcmp(&x->real, &y->real, sizeof x->real) == 0 && rt_span_equal(x->text, y->text) &&
           !x->state == !y->state && (!x->state || strcmp(x->state, y->state) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rt_metrics read = {0};
    struct rt_metrics parsed = {0};
    struct rt_json *json = NULL;

    rt_metrics_read(&read, rt_span(data, size));
    if (rt_json_parse(rt_span(data, size), &json, NULL) == 0 &&
        rt_json_kind(json) == RT_JSON_OBJECT)
        rt_metrics_flatten(&parsed, json);
    if (read.count != parsed.count)
        abort();
    for (size_t i = 0; i < read.count; i++) {
        if (!same(&read.items[i], &parsed.items[i]))
            abort();
    }
    rt_json_free(json);
    rt_metrics_clear(&read);
    rt_metrics_clear(&parsed);
    return 0;
}
