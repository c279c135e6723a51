#include "engine/report_line.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/utf8.h"
#include "store/report.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CHECKPOINT "checkpoint "
#define STEP       "step="

void rt_report_line_clear(struct rt_report_line *line)
{
    rt_buf_clear(&line->values);
    free(line->path);
}

static bool read_step(const char *text, int64_t *step)
{
    char *end;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    *step = value;
    return errno == 0 && *text && *end == '\0' && value >= 0;
}

static int bad_word(const char *word, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];

    return rt_err_set(err, RT_EUSAGE,
                      "\"%s\" is no name=number; a line is such words, one of them step=N, or a "
                      "JSON object, or: checkpoint PATH",
                      rt_utf8_clip(word, clip));
}

static int add_word(struct rt_report_line *line, char *word, struct rt_err *err)
{
    char *equals = strchr(word, '=');
    char *end;
    double value;

    if (!equals || equals == word || !equals[1])
        return bad_word(word, err);
    if (strncmp(word, STEP, strlen(STEP)) == 0)
        return read_step(equals + 1, &line->step) ? 0 : bad_word(word, err);
    value = strtod(equals + 1, &end);
    if (*end)
        return bad_word(word, err);
    rt_report_put_value(&line->values, rt_span(word, (size_t)(equals - word)), value);
    line->count++;
    return 0;
}

static int read_words(char *text, struct rt_report_line *line, struct rt_err *err)
{
    int rc = 0;

    while (rc == 0 && *text) {
        size_t size = strcspn(text, " \t");
        bool last = text[size] == '\0';

        text[size] = '\0';
        if (size)
            rc = add_word(line, text, err);
        text += size + (last ? 0 : 1);
    }
    return rc;
}

static int read_object(struct rt_span text, struct rt_report_line *line, struct rt_err *err)
{
    struct rt_json *object = NULL;
    int rc = rt_json_parse(text, &object, err);

    for (void *at = rt_json_first(object); rc == 0 && at; at = rt_json_next(object, at)) {
        const struct rt_json *value = rt_json_iter_value(at);
        const char *name = rt_json_iter_key(at);
        enum rt_json_kind kind = rt_json_kind(value);
        double number = rt_json_number(value);

        if (strcmp(name, "step") == 0 && kind == RT_JSON_INT) {
            line->step = rt_json_int(value);
        } else if (kind == RT_JSON_INT || kind == RT_JSON_REAL || rt_json_special(value, &number)) {
            rt_report_put_value(&line->values, rt_span_text(name), number);
            line->count++;
        } else {
            rc = rt_err_set(err, RT_EUSAGE, "\"%s\" is %s, not a number", name,
                            rt_json_kind_name(kind));
        }
    }
    rt_json_free(object);
    return rc;
}

static void read_checkpoint(char *text, struct rt_report_line *line)
{
    char *last = strrchr(text, ' ');

    if (last && strncmp(last + 1, STEP, strlen(STEP)) == 0 &&
        read_step(last + 1 + strlen(STEP), &line->step))
        *last = '\0';
    else
        line->step = -1;
    line->path = rt_strdup(text);
}

int rt_report_line_read(struct rt_span text, struct rt_report_line *line, struct rt_err *err)
{
    char *copy = rt_strndup(text.size ? text.data : "", text.size);
    char *start = copy + strspn(copy, " \t");
    size_t size = strlen(start);
    int rc = 0;

    *line = (struct rt_report_line){.step = -1};
    while (size && (start[size - 1] == ' ' || start[size - 1] == '\r'))
        start[--size] = '\0';
    if (strncmp(start, CHECKPOINT, strlen(CHECKPOINT)) == 0)
        read_checkpoint(start + strlen(CHECKPOINT), line);
    else
        rc = *start == '{' ? read_object(rt_span(start, size), line, err)
                           : read_words(start, line, err);
    if (rc == 0 && !line->path && line->step < 0)
        rc = rt_err_set(err, RT_EUSAGE, "a report needs a step, an integer from 0, such as step=3");
    free(copy);
    return rc;
}
