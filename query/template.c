#include "query/template.h"

#include "base/alloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_kept(const char *line, const struct rt_ddl_slot *slots)
{
    bool keep = true;

    for (; keep && slots->name; slots++) {
        char *braced = rt_printf("{%s}", slots->name);

        keep = slots->sql || !strstr(line, braced);
        free(braced);
    }
    return keep;
}

char *rt_template_fill(const char *text, const struct rt_ddl_slot *slots)
{
    struct rt_buf kept = RT_BUF_INIT;
    char *sql;

    while (*text) {
        char *line = rt_strndup(text, strcspn(text, "\n") + 1);

        rt_buf_add(&kept, is_kept(line, slots) ? line : "");
        text += strlen(line);
        free(line);
    }
    sql = rt_ddl_fill(rt_buf_text(&kept), slots);
    rt_buf_clear(&kept);
    return sql;
}
