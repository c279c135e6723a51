#include "store/index_ddl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void put_quoted(struct rt_buf *out, const char *text, char quote)
{
    rt_buf_put_u8(out, (uint8_t)quote);
    for (; *text; text++) {
        if (*text == quote)
            rt_buf_put_u8(out, (uint8_t)quote);
        rt_buf_put_u8(out, (uint8_t)*text);
    }
    rt_buf_put_u8(out, (uint8_t)quote);
}

void rt_ddl_name(struct rt_buf *out, const char *name)
{
    put_quoted(out, name, '"');
}

void rt_ddl_text(struct rt_buf *out, const char *text)
{
    put_quoted(out, text, '\'');
}

static const char *slot_sql(const struct rt_ddl_slot *slots, const char *name, size_t size)
{
    for (; slots->name; slots++) {
        if (strlen(slots->name) == size && memcmp(slots->name, name, size) == 0)
            return slots->sql;
    }
    return NULL;
}

char *rt_ddl_fill(const char *template, const struct rt_ddl_slot *slots)
{
    struct rt_buf out = RT_BUF_INIT;
    const char *open;

    while ((open = strchr(template, '{')) != NULL) {
        const char *close = strchr(open, '}');
        const char *sql = close ? slot_sql(slots, open + 1, (size_t)(close - open - 1)) : NULL;

        assert(sql);
        if (!sql)
            abort();
        rt_buf_put(&out, template, (size_t)(open - template));
        rt_buf_add(&out, sql);
        template = close + 1;
    }
    rt_buf_add(&out, template);
    return rt_buf_take(&out);
}
