#include "engine/command_metrics.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A number if it looks like one, as people and programs write them, else the text. */
static struct rt_json *value_of(const char *text)
{
    struct rt_json *json = NULL;
    char *end;
    double real;

    if (rt_json_parse(rt_span_text(text), &json, NULL) == 0) {
        enum rt_json_kind kind = rt_json_kind(json);

        if (kind == RT_JSON_INT || kind == RT_JSON_REAL || kind == RT_JSON_BOOL)
            return json;
        rt_json_free(json);
    }
    real = strtod(text, &end); /* "1.", "+3", "nan", "-inf" */
    if (*text && *end == '\0' && !strpbrk(text, "xX("))
        return rt_json_new_real(real);
    return *text ? rt_json_new_string(text) : rt_json_new_null();
}

static int compile(const char *pattern, regex_t *regex, struct rt_err *err)
{
    int rc = regcomp(regex, pattern, REG_EXTENDED | REG_NEWLINE);
    char why[128];

    if (rc == 0)
        return 0;
    regerror(rc, regex, why, sizeof why);
    return rt_err_set(err, RT_EUSAGE, "\"%s\" is no regular expression: %s", pattern, why);
}

int rt_command_check_pattern(const char *pattern, struct rt_err *err)
{
    regex_t regex;
    int rc = compile(pattern, &regex, err);

    if (rc == 0)
        regfree(&regex);
    return rc;
}

/* The last match in a text; yours; NULL if there is none. */
static char *last_match(const regex_t *regex, const char *text)
{
    regmatch_t match[2];
    char *found = NULL;
    int flags = 0;

    while (regexec(regex, text, 2, match, flags) == 0) {
        int group = regex->re_nsub > 0 && match[1].rm_so >= 0 ? 1 : 0;
        size_t size = (size_t)(match[group].rm_eo - match[group].rm_so);

        free(found);
        found = rt_strndup(text + match[group].rm_so, size);
        if (match[0].rm_eo == 0 && text[0] == '\0')
            break;
        text += match[0].rm_eo > 0 ? match[0].rm_eo : 1;
        flags = text[-1] == '\n' ? 0 : REG_NOTBOL;
    }
    return found;
}

/* What was printed, as a text: a NUL would end it. */
static char *text_of(struct rt_span output)
{
    struct rt_buf text = RT_BUF_INIT;

    rt_buf_put(&text, output.data, output.size);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == 0)
            text.data[i] = ' ';
    }
    return rt_buf_take(&text);
}

static int from_patterns(const struct rt_json *patterns, struct rt_span output,
                         struct rt_json *metrics, struct rt_err *err)
{
    char *text = text_of(output);
    int rc = 0;

    for (void *i = rt_json_first(patterns); rc == 0 && i; i = rt_json_next(patterns, i)) {
        const char *pattern = rt_json_string(rt_json_iter_value(i));
        char *found = NULL;
        regex_t regex;

        if ((rc = compile(pattern ? pattern : "", &regex, err)) < 0)
            break;
        found = last_match(&regex, text);
        if (found)
            rt_json_set(metrics, rt_json_iter_key(i), value_of(found));
        else
            rc = rt_err_set(err, RT_EUSAGE, "nothing in the output matches \"%s\", which is %s",
                            pattern, rt_json_iter_key(i));
        free(found);
        regfree(&regex);
    }
    free(text);
    return rc;
}

/* Takes the next cell of a row off *at (RFC 4180); false at the end of the row. */
static bool next_cell(const char **at, struct rt_buf *cell)
{
    const char *from = *at + strspn(*at, " \t");
    bool quoted = *from == '"';

    rt_buf_reset(cell);
    if (!**at)
        return false;
    for (from += quoted; *from; from++) {
        if (quoted && from[0] == '"' && from[1] == '"')
            rt_buf_put_u8(cell, (uint8_t)*from++);
        else if (quoted && from[0] == '"')
            quoted = false;
        else if (!quoted && from[0] == ',')
            break;
        else if (from[0] != '\r')
            rt_buf_put_u8(cell, (uint8_t)from[0]);
    }
    *at = *from == ',' ? from + 1 : from;
    return true;
}

static char *trimmed(struct rt_buf *cell)
{
    const char *text = rt_buf_text(cell);
    size_t size = strlen(text);

    while (size && (text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    while (size && (*text == ' ' || *text == '\t')) {
        text++;
        size--;
    }
    return rt_strndup(text, size);
}

/* The line of a CSV that has the names, or the values that count; counted from 1. */
struct csv_row {
    const char *text; /* NULL: there is none */
    size_t line;
};

/* A comma at the end of a row has an empty cell behind it, or nothing. */
static size_t cells_of(const char *row, bool *open_ended)
{
    struct rt_buf cell = RT_BUF_INIT;
    const char *at = row;
    size_t count = 0;

    while (next_cell(&at, &cell))
        count++;
    *open_ended = at > row && at[-1] == ',';
    rt_buf_clear(&cell);
    return count;
}

/* With a cell missing or one too many, values would stand under wrong names. */
static int check_row(const char *path, struct csv_row names, struct csv_row values,
                     struct rt_err *err)
{
    bool names_open;
    bool values_open;
    size_t named = cells_of(names.text, &names_open);
    size_t given = cells_of(values.text, &values_open);

    if (given == named || (given == named + 1 && names_open) || (given + 1 == named && values_open))
        return 0;
    return rt_err_set(
        err, RT_EUSAGE, "line %zu of \"%s\" has %zu value%s, and line %zu has %zu name%s",
        values.line, path, given, given == 1 ? "" : "s", names.line, named, named == 1 ? "" : "s");
}

static void from_rows(const char *names, const char *values, struct rt_json *metrics)
{
    struct rt_buf cell = RT_BUF_INIT;

    while (next_cell(&names, &cell)) {
        char *name = trimmed(&cell);
        char *value = next_cell(&values, &cell) ? trimmed(&cell) : rt_strdup("");

        if (*name)
            rt_json_set(metrics, name, value_of(value));
        free(name);
        free(value);
    }
    rt_buf_clear(&cell);
}

/* The first and the last line that are not blank. */
static void find_rows(char *text, struct csv_row *first, struct csv_row *last)
{
    char *line;

    *first = *last = (struct csv_row){NULL, 0};
    for (size_t number = 1; (line = strsep(&text, "\n")) != NULL; number++) {
        struct csv_row row = {line, number};

        if (strspn(line, " \t\r") == strlen(line))
            continue;
        if (first->text)
            *last = row;
        else
            *first = row;
    }
}

static int from_csv(const char *path, struct rt_json *metrics, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    struct csv_row names;
    struct csv_row values;
    int rc = rt_fs_read(path, &text, err);

    if (rc < 0)
        goto out;
    find_rows((char *)(uintptr_t)rt_buf_text(&text), &names, &values);
    if (!values.text)
        rc = rt_err_set(err, RT_EUSAGE, "\"%s\" has no row below its names", path);
    else if ((rc = check_row(path, names, values, err)) == 0)
        from_rows(names.text, values.text, metrics);
out:
    rt_buf_clear(&text);
    return rc;
}

int rt_command_metrics(const struct rt_json *how, struct rt_span output, struct rt_json **out,
                       struct rt_err *err)
{
    const char *file = rt_json_get_text(how, "file", NULL);
    const char *csv = rt_json_get_text(how, "csv", NULL);
    struct rt_json *metrics;
    int rc;

    if (file)
        return rt_json_parse_file(file, out, err);
    metrics = rt_json_new_object();
    rc = csv ? from_csv(csv, metrics, err)
             : from_patterns(rt_json_get(how, "regex"), output, metrics, err);
    if (rc < 0) {
        rt_json_free(metrics);
        return rc;
    }
    *out = metrics;
    return 0;
}
