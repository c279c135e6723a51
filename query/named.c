#include "query/named.h"

#include "base/suggest.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

#define FOLDER    "query/"
#define NAMED_MAX 64

bool rt_named_at(size_t index, struct rt_named *named)
{
    for (const struct rt_sql_file *file = rt_sql_files; file->name; file++) {
        if (strncmp(file->name, FOLDER, strlen(FOLDER)) != 0)
            continue;
        if (index-- == 0) {
            *named = (struct rt_named){file->name + strlen(FOLDER), file->text};
            return true;
        }
    }
    return false;
}

int rt_named_find(const char *name, struct rt_named *named, struct rt_err *err)
{
    const char *names[NAMED_MAX + 1] = {NULL};
    char clip[RT_UTF8_CLIP];
    const char *near;

    for (size_t i = 0; i < NAMED_MAX && rt_named_at(i, named); i++) {
        if (strcmp(named->name, name) == 0)
            return 0;
        names[i] = named->name;
    }
    rt_utf8_clip(name, clip);
    if ((near = rt_suggest(name, names)))
        return rt_err_set(err, RT_ENOTFOUND, "there is no named query \"%s\"; did you mean \"%s\"?",
                          clip, near);
    return rt_err_set(
        err, RT_ENOTFOUND,
        "there is no named query \"%s\"; \"retrial query --list\" lists them, and the "
        "trials of a study are: SELECT * FROM \"STUDY\"",
        clip);
}

/* One line of the comment that the file starts with, from *at on; false at its end. */
static bool next_line(const char **at, struct rt_span *line)
{
    const char *text = *at;
    size_t size = strcspn(text, "\n");

    if (strncmp(text, "--", 2) != 0)
        return false;
    *at = text + size + (text[size] == '\n');
    *line = rt_span(text + 2, size - 2);
    if (size > 2 && text[2] == ' ')
        *line = rt_span(text + 3, size - 3);
    return true;
}

char *rt_named_summary(const struct rt_named *named)
{
    struct rt_buf out = RT_BUF_INIT;
    const char *at = named->text;
    struct rt_span line;

    if (next_line(&at, &line))
        rt_buf_put(&out, line.data, line.size);
    return rt_buf_take(&out);
}

char *rt_named_help(const struct rt_named *named)
{
    struct rt_buf out = RT_BUF_INIT;
    const char *at = named->text;
    struct rt_span line;

    if (next_line(&at, &line) && next_line(&at, &line)) { /* the second is empty */
        while (next_line(&at, &line)) {
            rt_buf_put(&out, line.data, line.size);
            rt_buf_add(&out, "\n");
        }
    }
    return rt_buf_take(&out);
}

void rt_named_clear(struct rt_named_query *query)
{
    free(query->sql);
    free(query->title);
    memset(query, 0, sizeof *query);
}
