/* Bytes from a process that ran a query: whatever they are, nothing bad happens. */
#include <stddef.h>
#include <stdint.h>

#include "query/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    size_t columns;
    struct rt_buf text;
};

static int take_names(void *context, const char *const *names, size_t count, struct rt_err *err)
{
    struct seen *seen = context;

    (void)err;
    seen->columns = count;
    for (size_t i = 0; i < count; i++) {
        struct rt_cell cell = rt_cell_text(names[i]);

        rt_cell_put(&seen->text, &cell, RT_FORMAT_TABLE);
    }
    return 0;
}

static int take_row(void *context, const struct rt_cell *cells, struct rt_err *err)
{
    struct seen *seen = context;

    (void)err;
    rt_buf_reset(&seen->text);
    for (size_t i = 0; i < seen->columns; i++) {
        for (int format = RT_FORMAT_TABLE; format <= RT_FORMAT_MD; format++)
            rt_cell_put(&seen->text, &cells[i], (enum rt_format)format);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen seen = {.text = RT_BUF_INIT};
    struct rt_rows_sink sink = {take_names, take_row, &seen};
    struct rt_rows rows = {0};
    struct rt_err err;

    rt_buf_put(&rows.bytes, data, size);
    rt_rows_take(&rows, &sink, &err);
    rt_rows_clear(&rows);
    rt_buf_clear(&seen.text);
    return 0;
}
