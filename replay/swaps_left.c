#include "replay/swaps_left.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN 24 /* bytes of a value */

void rt_swaps_leave(struct rt_swaps *swaps, char *text)
{
    rt_json_append(swaps->left, rt_json_new_string(text));
    free(text);
}

void rt_swaps_put_value(struct rt_buf *out, const struct rt_json *value)
{
    struct rt_buf text = RT_BUF_INIT;

    if (!value)
        rt_buf_add(&text, "none");
    else if (rt_json_string(value))
        rt_buf_add(&text, rt_json_string(value));
    else
        rt_json_canonical(value, &text);
    rt_buf_put(out, text.data, text.size > SHOWN ? SHOWN : text.size);
    rt_buf_add(out, text.size > SHOWN ? "..." : "");
    rt_buf_clear(&text);
}

static char *change(const char *name, const struct rt_json *row)
{
    struct rt_buf text = RT_BUF_INIT;
    const struct rt_json *a = rt_json_get(row, "a");
    const struct rt_json *b = rt_json_get(row, "b");

    rt_buf_printf(&text, "%s ", name);
    rt_swaps_put_value(&text, a && rt_json_kind(a) != RT_JSON_NULL ? a : NULL);
    rt_buf_add(&text, " -> ");
    rt_swaps_put_value(&text, b && rt_json_kind(b) != RT_JSON_NULL ? b : NULL);
    return rt_buf_take(&text);
}

const struct rt_json *rt_swaps_row(const struct rt_json *rows, const char *name)
{
    for (size_t i = 0; rows && i < rt_json_count(rows); i++) {
        if (strcmp(rt_json_get_text(rt_json_at(rows, i), "name", ""), name) == 0)
            return rt_json_at(rows, i);
    }
    return NULL;
}

/* What changes no result by itself is not named. */
static bool is_idle(const char *name, bool interpreter)
{
    static const char *const idle[] = {"cores", "memory_kib", "ranks", "python_prefix"};
    static const char *const swapped[] = {"python", "python_executable"};

    for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++) {
        if (strcmp(name, idle[i]) == 0)
            return true;
    }
    for (size_t i = 0; interpreter && i < sizeof swapped / sizeof swapped[0]; i++) {
        if (strcmp(name, swapped[i]) == 0)
            return true;
    }
    return strncmp(name, "variable.RETRIAL_", 17) == 0;
}

static void leave_packages(struct rt_swaps *swaps, const struct rt_json *rows)
{
    const struct rt_json *first = NULL;
    size_t count = 0;

    for (size_t i = 0; i < rt_json_count(rows); i++) {
        if (strncmp(rt_json_get_text(rt_json_at(rows, i), "name", ""), "package ", 8) != 0)
            continue;
        first = first ? first : rt_json_at(rows, i);
        count++;
    }
    if (count == 1)
        rt_swaps_leave(swaps, change(rt_json_get_text(first, "name", ""), first));
    else if (count)
        rt_swaps_leave(swaps, rt_printf("%zu packages", count));
}

/* The environment that is left as it is here and now. */
void rt_swaps_leave_environment(struct rt_swaps *swaps, const struct rt_json *rows,
                                bool interpreter)
{
    for (size_t i = 0; rows && i < rt_json_count(rows); i++) {
        const struct rt_json *row = rt_json_at(rows, i);
        const char *name = rt_json_get_text(row, "name", "");

        if (is_idle(name, interpreter) || strncmp(name, "package ", 8) == 0)
            continue;
        if (strcmp(name, "host") == 0)
            rt_swaps_leave(swaps, rt_strdup("host"));
        else if (strcmp(name, "python_executable") == 0)
            rt_swaps_leave(swaps, change("interpreter", row));
        else if (strncmp(name, "variable.", 9) == 0)
            rt_swaps_leave(swaps, rt_printf("variable %s", name + 9));
        else
            rt_swaps_leave(swaps, change(name, row));
    }
    if (rows && !interpreter)
        leave_packages(swaps, rows);
}

void rt_swaps_leave_threads(struct rt_swaps *swaps, const struct rt_json *rows)
{
    const struct rt_json *row = rt_swaps_row(rows, "threads");

    if (row)
        rt_swaps_leave(swaps, change("threads", row));
}

void rt_swaps_leave_told(struct rt_swaps *swaps)
{
    const struct rt_json *a = rt_json_get(swaps->about[0], "heard");
    const struct rt_json *b = rt_json_get(swaps->about[1], "heard");

    if ((a || b) && !(a && b && rt_json_equal(a, b)))
        rt_swaps_leave(swaps, rt_strdup("what they were told"));
}
