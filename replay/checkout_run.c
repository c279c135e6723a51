/* What runs a trial that was checked out. */
#include "replay/checkout.h"

#include "base/alloc.h"
#include "base/escape.h"
#include "base/fs.h"
#include "engine/placeholder.h"
#include "engine/template.h"

#include <stdlib.h>
#include <string.h>
#include "alone_hear.h"
#include "alone_main.h"
#include "alone_run.h"
#include "python_trial.h"

static int put_file(const char *folder, const char *name, struct rt_span text, mode_t mode,
                    struct rt_err *err)
{
    char *path = rt_fs_join(folder, name);
    int rc = rt_fs_replace(path, text, mode, err);

    free(path);
    return rc;
}

static int put_json(const char *folder, const char *name, const struct rt_json *json, bool pretty,
                    struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    if (pretty)
        rt_json_pretty(json, &text);
    else
        rt_json_canonical(json, &text);
    rt_buf_add(&text, "\n");
    rc = put_file(folder, name, rt_buf_span(&text), 0644, err);
    rt_buf_clear(&text);
    return rc;
}

/* All that is recorded but what only the store can use. */
static int put_record(const char *folder, const struct rt_json *about, struct rt_err *err)
{
    static const char *const copied[] = {
        "trial",  "study",   "ordinal", "replicate",  "attempt",     "seed", "import_seed",
        "entry",  "root",    "metric",  "threads",    "inputs",      "code", "key",
        "python", "outcome", "result",  "components", "environment", "told", "heard"};
    struct rt_json *record = rt_json_new_object();
    int rc;

    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++) {
        if (rt_json_get(about, copied[i]))
            rt_json_set(record, copied[i], rt_json_copy(rt_json_get(about, copied[i])));
    }
    rc = put_json(folder, "trial.json", record, true, err);
    rt_json_free(record);
    return rc;
}

static void put_word(struct rt_buf *out, const char *text)
{
    rt_escape_shell(out, rt_span_text(text));
}

/* The environment as it was for every kind of entry. */
static void start_script(struct rt_buf *out, const struct rt_json *about)
{
    rt_buf_printf(out,
                  "#!/bin/bash\n"
                  "# Runs the trial %s without Retrial. params.json and trial.json say what it\n"
                  "# is, code/ is the code that was recorded.\n"
                  "set -eu\n"
                  "here=$(cd \"$(dirname \"$0\")\" && pwd)\n",
                  rt_json_get_text(about, "trial", ""));
    for (size_t i = 0; rt_template_thread_variables[i]; i++)
        rt_buf_printf(out, "export %s=%lld\n", rt_template_thread_variables[i],
                      (long long)rt_json_get_int(about, "threads", 1));
    rt_buf_add(out, "export PYTHONHASHSEED=\"${PYTHONHASHSEED-0}\"\n"
                    "# What an earlier run kept that did not come to its end.\n"
                    "[ ! -e \"$here/kept\" ] || { rm -rf \"$here/before\"; "
                    "mv \"$here/kept\" \"$here/before\"; }\n");
}

static void put_cd(struct rt_buf *out, const struct rt_json *about)
{
    rt_buf_add(out, "cd \"$here\"/code/");
    put_word(out, rt_json_get_text(about, "root", ""));
    rt_buf_add(out, "\n");
}

/* What a trial keeps is for going on with. */
static void end_script(struct rt_buf *out)
{
    rt_buf_add(out, "rm -rf \"$here/kept\" \"$here/before\"\n");
}

static int put_python(const char *folder, const struct rt_json *about, struct rt_buf *script,
                      struct rt_err *err)
{
    const char *python = rt_json_get_text(about, "python", NULL);
    int rc;

    rt_buf_add(script, "\"${PYTHON:-");
    rt_buf_add(script, python && !strpbrk(python, "\"\\$`}") ? python : "python3");
    rt_buf_add(script, "}\" \"$here/run.py\"\n");
    end_script(script);
    if ((rc = put_file(folder, "trial.py", rt_span_text(rt_python_trial), 0644, err)) < 0)
        return rc;
    return put_file(folder, "run.py", rt_span_text(rt_alone_run), 0644, err);
}

/* Opening the pipe waits for its reader, and the reader ends when nobody can write any more. */
static const char listen[] =
    "export RETRIAL_REPORT=\"$here/report\" RETRIAL_ANSWER=\"$here/answer\"\n"
    "rm -f \"$RETRIAL_REPORT\"\n"
    "mkfifo \"$RETRIAL_REPORT\"\n"
    ": > \"$RETRIAL_ANSWER\" # nothing is said so far\n";
static const char pass_by[] = "cat \"$RETRIAL_REPORT\" > \"$here/reports\" &\n"
                              "exec 9> \"$RETRIAL_REPORT\"\n";

/* What the command finds after so many reports: all that it was told up to there. */
static void put_telling(struct rt_buf *out, const struct rt_json *heard, size_t *at,
                        struct rt_json *answer)
{
    int64_t reports = rt_json_get_int(rt_json_at(heard, *at), "reports", 0);
    bool stop = false;
    char *text;

    for (; *at < rt_json_count(heard); ++*at) {
        const struct rt_json *one = rt_json_at(heard, *at);

        if (rt_json_get_int(one, "reports", 0) != reports)
            break;
        stop = stop || rt_json_get(one, "stop");
        if (rt_json_get(one, "stop"))
            rt_json_set(answer, "stop", rt_json_copy(rt_json_get(one, "stop")));
        if (rt_json_get(one, "params"))
            rt_json_set(answer, "params", rt_json_copy(rt_json_get(one, "params")));
    }
    text = rt_json_text(answer);
    rt_buf_printf(out, "    %lld) tell ", (long long)reports);
    put_word(out, text);
    rt_buf_printf(out, "%s ;;\n", stop ? " stop" : "");
    free(text);
}

/* One that heard something runs beside what tells it. */
static void put_hearing(struct rt_buf *out, const struct rt_json *heard)
{
    struct rt_json *answer = rt_json_new_object();

    rt_buf_add(out, "told() {\n    case $reports in\n");
    for (size_t i = 0; i < rt_json_count(heard);)
        put_telling(out, heard, &i, answer);
    rt_buf_add(out, "    esac\n}\n");
    rt_buf_add(out, rt_alone_hear);
    rt_json_free(answer);
}

static int put_argv(struct rt_buf *out, const struct rt_json *about, struct rt_err *err)
{
    const struct rt_json *argv = rt_json_get(rt_json_get(about, "entry"), "argv");
    struct rt_buf word = RT_BUF_INIT;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < rt_json_count(argv); i++) {
        rt_buf_reset(&word);
        rc = rt_placeholder_expand(rt_json_string(rt_json_at(argv, i)),
                                   rt_json_get(about, "params"), &word, err);
        rt_buf_add(out, i ? " " : "");
        rt_escape_shell(out, rt_buf_span(&word));
    }
    rt_buf_clear(&word);
    return rc;
}

static int put_command(const struct rt_json *about, struct rt_buf *script, struct rt_err *err)
{
    const struct rt_json *how = rt_json_get(rt_json_get(about, "entry"), "result");
    const struct rt_json *heard = rt_json_get(about, "heard");
    bool hears = rt_json_count(heard) > 0;
    int rc;

    rt_buf_printf(
        script,
        "export RETRIAL_PARAMS=\"$here/params.json\" RETRIAL_RESULT=\"$here/result.json\"\n"
        "export RETRIAL_SEED=%lld RETRIAL_TRIAL=%s RETRIAL_ATTEMPT=%lld\n",
        (long long)rt_json_get_int(about, "seed", 0), rt_json_get_text(about, "trial", ""),
        (long long)rt_json_get_int(about, "attempt", 1));
    rt_buf_add(script, "rm -f \"$RETRIAL_RESULT\"\n");
    rt_buf_add(script, listen);
    if (!hears)
        rt_buf_add(script, pass_by);
    put_cd(script, about);
    rt_buf_add(script, hears ? "run() { exec " : "");
    rc = put_argv(script, about, err);
    rt_buf_add(script, hears ? "; }\n" : " 9>&-\nexec 9>&-\nwait\n");
    if (hears)
        put_hearing(script, heard);
    rt_buf_add(script, "rm -f \"$RETRIAL_REPORT\"\n");
    if (how) {
        rt_buf_add(script, "# Its metrics, as the study says: ");
        rt_json_canonical(how, script);
        rt_buf_add(script, "\n");
    } else {
        rt_buf_add(script, "# Its metrics: the file, if it wrote one, else its last line.\n"
                           "[ ! -e \"$RETRIAL_RESULT\" ] || cat \"$RETRIAL_RESULT\"\n");
    }
    if (hears)
        rt_buf_add(script, "exit \"$ended\"\n");
    return rc;
}

/* A literal of C; octal, for what stands behind is then no part of it. */
static void put_literal(struct rt_buf *out, const char *text)
{
    rt_buf_add(out, "\"");
    for (; *text; text++) {
        if (*text >= ' ' && *text < 127 && !strchr("\"\\?", *text))
            rt_buf_put_u8(out, (uint8_t)*text);
        else
            rt_buf_printf(out, "\\%03o", (unsigned char)*text);
    }
    rt_buf_add(out, "\"");
}

static void put_param(struct rt_buf *out, const char *key, const struct rt_json *value)
{
    double real = rt_json_number(value);

    rt_buf_add(out, "    {");
    put_literal(out, key);
    if (rt_json_special(value, &real))
        rt_buf_printf(out, ", 'r', %s, 0, 0},\n",
                      real != real ? "NAN"
                      : real > 0   ? "INFINITY"
                                   : "-INFINITY");
    else if (rt_json_kind(value) == RT_JSON_REAL)
        rt_buf_printf(out, ", 'r', %a, 0, 0},\n", real);
    else if (rt_json_kind(value) == RT_JSON_INT)
        rt_buf_printf(
            out, ", 'i', 0, INT64_C(%lld)%s, 0},\n",
            (long long)(rt_json_int(value) == INT64_MIN ? INT64_MIN + 1 : rt_json_int(value)),
            rt_json_int(value) == INT64_MIN ? " - 1" : "");
    else if (rt_json_kind(value) == RT_JSON_BOOL)
        rt_buf_printf(out, ", 'b', 0, %d, 0},\n", rt_json_bool(value));
    else if (rt_json_string(value)) {
        rt_buf_add(out, ", 't', 0, 0, ");
        put_literal(out, rt_json_string(value));
        rt_buf_add(out, "},\n");
    } else
        rt_buf_add(out, ", 'o', 0, 0, 0},\n");
}

static void put_params(struct rt_buf *out, const char *prefix, const struct rt_json *params)
{
    for (void *at = rt_json_first(params); at; at = rt_json_next(params, at)) {
        const struct rt_json *value = rt_json_iter_value(at);
        char *key = rt_printf("%s%s%s", prefix, *prefix ? "." : "", rt_json_iter_key(at));
        double special;

        if (rt_json_kind(value) == RT_JSON_OBJECT && !rt_json_special(value, &special))
            put_params(out, key, value);
        else
            put_param(out, key, value);
        free(key);
    }
}

static void put_text_or_null(struct rt_buf *out, char *text)
{
    rt_buf_add(out, ", ");
    if (text)
        put_literal(out, text);
    else
        rt_buf_add(out, "NULL");
    free(text);
}

static char *copy_of(const char *text)
{
    return text ? rt_strdup(text) : NULL;
}

/* What the attempt that stands for the trial heard, and at which call; if that is not known, what
 * it was told, and of which step. */
static void put_told(struct rt_buf *out, const struct rt_json *about)
{
    const struct rt_json *heard = rt_json_get(about, "heard");
    const struct rt_json *told = heard ? heard : rt_json_get(about, "told");
    int64_t attempt = rt_json_get_int(about, "attempt", 1);

    rt_buf_add(out, "\nstatic const struct told {\n    int64_t step;\n    int64_t call;\n    const "
                    "char *stop;\n"
                    "    const char *params;\n} told[] = {\n");
    for (size_t i = 0; i < rt_json_count(told); i++) {
        const struct rt_json *item = rt_json_at(told, i);
        const struct rt_json *params = rt_json_get(item, "params");
        bool has = params && rt_json_kind(params) != RT_JSON_NULL;

        if (rt_json_get_int(item, "attempt", attempt) != attempt)
            continue;
        rt_buf_printf(out, "    {INT64_C(%lld), INT64_C(%lld)",
                      (long long)rt_json_get_int(item, "step", 0),
                      (long long)rt_json_get_int(item, "call", 0));
        put_text_or_null(out, copy_of(rt_json_get_text(item, "stop", NULL)));
        put_text_or_null(out, !has                     ? NULL
                              : rt_json_string(params) ? rt_strdup(rt_json_string(params))
                                                       : rt_json_text(params));
        rt_buf_add(out, "},\n");
    }
    rt_buf_add(out, "    {-1, 0, NULL, NULL},\n};\n");
}

static int put_c(const char *folder, const struct rt_json *about, struct rt_buf *script,
                 struct rt_err *err)
{
    const struct rt_json *entry = rt_json_get(about, "entry");
    char *params = rt_json_text(rt_json_get(about, "params"));
    char *library = rt_printf("./%s", rt_json_get_text(entry, "file", ""));
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    rt_buf_printf(&text,
                  "/* The trial %s, without Retrial; `retrial checkout` wrote this. run.sh makes\n"
                  " * and starts it in the folder of the code. */\n"
                  "#include <dlfcn.h>\n#include <inttypes.h>\n#include <math.h>\n"
                  "#include <dirent.h>\n#include <stdint.h>\n#include <stdio.h>\n"
                  "#include <stdlib.h>\n#include <string.h>\n#include <sys/wait.h>\n"
                  "#include <unistd.h>\n\n#define SEED %lldu\n#define ATTEMPT %lld\n#define TRIAL ",
                  rt_json_get_text(about, "trial", ""),
                  (long long)rt_json_get_int(about, "seed", 0),
                  (long long)rt_json_get_int(about, "attempt", 1));
    put_literal(&text, rt_json_get_text(about, "trial", ""));
    rt_buf_add(&text, "\n#define LIBRARY ");
    put_literal(&text, library);
    rt_buf_add(&text, "\n#define FUNCTION ");
    put_literal(&text, rt_json_get_text(entry, "function", ""));
    rt_buf_add(&text, "\n#define PARAMS ");
    put_literal(&text, params);
    rt_buf_add(&text, "\n\nstatic const struct param {\n    const char *key;\n"
                      "    char kind; /* r, i, b, t; o: another one */\n    double real;\n"
                      "    int64_t integer;\n    const char *text;\n} params[] = {\n");
    put_params(&text, "", rt_json_get(about, "params"));
    rt_buf_add(&text, "    {0, 0, 0, 0, 0},\n};\n");
    put_told(&text, about);
    rt_buf_add(&text, rt_alone_main);
    rt_buf_add(script,
               "\"${CC:-cc}\" -D_GNU_SOURCE -rdynamic -o \"$here/run\" \"$here/main.c\" -ldl "
               "-lm\n");
    put_cd(script, about);
    rt_buf_add(script, "RETRIAL_HERE=$here \"$here/run\"\n");
    end_script(script);
    rc = put_file(folder, "main.c", rt_buf_span(&text), 0644, err);
    rt_buf_clear(&text);
    free(library);
    free(params);
    return rc;
}

int rt_checkout_put_run(const char *folder, const struct rt_json *about, struct rt_err *err)
{
    const char *kind = rt_json_get_text(rt_json_get(about, "entry"), "kind", "");
    struct rt_buf script = RT_BUF_INIT;
    int rc;

    start_script(&script, about);
    if ((rc = put_json(folder, "params.json", rt_json_get(about, "params"), false, err)) == 0 &&
        (rc = put_record(folder, about, err)) == 0)
        rc = strcmp(kind, "python") == 0 ? put_python(folder, about, &script, err)
             : strcmp(kind, "c") == 0    ? put_c(folder, about, &script, err)
                                         : put_command(about, &script, err);
    if (rc == 0)
        rc = put_file(folder, "run.sh", rt_buf_span(&script), 0755, err);
    rt_buf_clear(&script);
    return rc;
}
