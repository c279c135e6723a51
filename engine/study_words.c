/* A study of the words and options of a command line. */
#include "engine/study_own.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "engine/path.h"
#include "engine/scalar.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 64

/* The study file that the command line stands for, and the option that each line is from. */
struct lines {
    struct rt_buf text;
    const char *from[LINES_MAX];
    size_t count;
};

static void end_line(struct lines *lines, const char *from)
{
    rt_buf_add(&lines->text, "\n");
    if (lines->count < LINES_MAX)
        lines->from[lines->count++] = from;
}

/* What a study of these words is called: "train" for `train.py:train` and `python train.py`. */
static const char *namesake(char *const *words)
{
    const char *second = words[1];

    return second && second[0] != '-' && strchr(second, '.') && second[0] != '{' ? second
                                                                                 : words[0];
}

static void put_entry(struct lines *lines, char *const *words)
{
    struct rt_json *entry;
    struct rt_json *argv;

    if (!words[1] && strchr(words[0], ':')) {
        entry = rt_json_new_string(words[0]);
    } else {
        entry = rt_json_new_object();
        argv = rt_json_new_array();
        for (size_t i = 0; words[i]; i++)
            rt_json_append(argv, rt_json_new_string(words[i]));
        rt_json_set(entry, "command", argv);
    }
    rt_buf_add(&lines->text, "entry: ");
    rt_json_canonical(entry, &lines->text);
    end_line(lines, NULL);
    rt_json_free(entry);
}

/* A number stays one unless a text is meant; canonical JSON is YAML. */
static void put_value(struct lines *lines, const struct rt_study_option *option)
{
    struct rt_json *json = NULL;

    if (option->text || rt_scalar_parse(option->value, &json, NULL) < 0)
        json = rt_json_new_string(option->value);
    if (rt_json_kind(json) == RT_JSON_INT || rt_json_kind(json) == RT_JSON_REAL)
        rt_buf_add(&lines->text, option->value);
    else
        rt_json_canonical(json, &lines->text);
    rt_json_free(json);
}

static void put_option(struct lines *lines, const struct rt_study_option *option,
                       const char *before)
{
    const char *dot = strchr(option->key, '.');
    size_t outer = dot ? (size_t)(dot - option->key) + 1 : 0;

    if (dot && strncmp(before, option->key, outer) != 0) {
        rt_buf_printf(&lines->text, "%.*s:", (int)outer - 1, option->key);
        end_line(lines, option->option);
    }
    rt_buf_printf(&lines->text, "%s%s: ", dot ? "  " : "", option->key + outer);
    put_value(lines, option);
    end_line(lines, option->option);
}

static int check_text(const char *text, struct rt_err *err)
{
    if (!rt_utf8_valid(rt_span_text(text), NULL))
        return rt_err_set(err, RT_EUSAGE, "\"%s\" is not UTF-8", text);
    return 0;
}

static int put_lines(struct lines *lines, char *const *words, const struct rt_study_option *options,
                     struct rt_err *err)
{
    const char *before = "";
    int rc = 0;

    for (size_t i = 0; rc == 0 && words[i]; i++)
        rc = check_text(words[i], err);
    if (rc < 0)
        return rc;
    assert(words[0]);
    put_entry(lines, words);
    for (; options && options->option; options++) {
        if (!options->value)
            continue;
        if (check_text(options->value, err) < 0)
            return rt_err_while(err, "option \"%s\"", options->option);
        put_option(lines, options, before);
        before = options->key;
    }
    end_line(lines, NULL);
    return 0;
}

/* Errors say which option they are about. */
static void quote_options(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        lines->from[i] = lines->from[i] ? rt_printf("option \"%s\"", lines->from[i]) : NULL;
}

int rt_study_file_from_words(char *const *words, const struct rt_study_option *options,
                             struct rt_study_file *out, struct rt_err *err)
{
    struct lines lines = {.text = RT_BUF_INIT};
    const char *base = rt_path_name(namesake(words));
    char *path = rt_printf("./%.*s.yaml", (int)strcspn(base, ".:"), base);
    int rc = put_lines(&lines, words, options, err);

    quote_options(&lines);
    if (rc == 0)
        rc = rt_study_read(&(struct rt_study_source){.text = rt_buf_span(&lines.text),
                                                     .path = path,
                                                     .lines = lines.from,
                                                     .on_disk = true},
                           out, err);
    for (size_t i = 0; i < lines.count; i++)
        free((char *)(uintptr_t)lines.from[i]);
    rt_buf_clear(&lines.text);
    free(path);
    return rc;
}
