/* What an attempt wrote, and why it did not succeed; or what a driver asked and was told. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "cli/ask.h"
#include "cli/log_study.h"
#include "cli/output.h"
#include "cli/render.h"
#include "query/attempts.h"
#include "query/resolve.h"
#include "store/store.h"

static int number;
static char *stream;

static const struct poptOption options[] = {
    {"attempt", 'a', POPT_ARG_INT, &number, 0, "This attempt instead of the last one", "N"},
    {"stream", 0, POPT_ARG_STRING, &stream, 0, "Print only this: stdout, stderr or reason", "NAME"},
    RT_OUTPUT_OPTIONS,
    POPT_TABLEEND,
};

/* What is found of the attempt that was asked for. */
struct log {
    struct rt_store *store;
    bool found;
    bool recorded; /* a lost attempt is not */
    uint32_t attempt;
    char outcome[16];
    struct rt_output out; /* sizes; the bytes are below */
    struct rt_output err;
    struct rt_buf out_bytes;
    struct rt_buf err_bytes;
    struct rt_buf reason;
};

static int fetch(struct log *log, const struct rt_attempt *attempt, struct rt_err *err)
{
    int rc;

    rt_buf_reset(&log->out_bytes);
    rt_buf_reset(&log->err_bytes);
    rt_buf_reset(&log->reason);
    log->out = attempt->out;
    log->err = attempt->err;
    if ((rc = rt_store_payload(log->store, &attempt->out.kept, &log->out_bytes, err)) < 0 ||
        (rc = rt_store_payload(log->store, &attempt->err.kept, &log->err_bytes, err)) < 0)
        return rc;
    return rt_store_payload(log->store, &attempt->reason, &log->reason, err);
}

static int look(void *context, struct rt_stmt *row, const struct rt_recorded *recorded,
                struct rt_err *err)
{
    struct log *log = context;
    uint32_t attempt = (uint32_t)rt_stmt_get_int(row, RT_ATTEMPTS_ATTEMPT);

    if (number && attempt != (uint32_t)number)
        return 0;
    log->found = true;
    log->recorded = recorded != NULL;
    log->attempt = attempt;
    snprintf(log->outcome, sizeof log->outcome, "%s", rt_stmt_get_text(row, RT_ATTEMPTS_OUTCOME));
    return recorded ? fetch(log, &recorded->attempt, err) : 0;
}

static bool wants(const char *name)
{
    return !stream || strcmp(stream, name) == 0;
}

static void write_out(struct rt_span bytes)
{
    struct rt_buf text = RT_BUF_INIT;

    if (isatty(1)) {
        rt_escape_text(&text, bytes);
        bytes = rt_buf_span(&text);
    }
    if (bytes.size)
        fwrite(bytes.data, 1, bytes.size, stdout);
    fflush(stdout); /* before what stderr says next */
    rt_buf_clear(&text);
}

static void print_stream(const char *name, const struct rt_output *output,
                         const struct rt_buf *bytes)
{
    if (!wants(name) || output->total == 0)
        return;
    fprintf(stderr, "%s: %llu bytes", name, (unsigned long long)output->total);
    if (bytes->size < output->total && output->head <= bytes->size) {
        fprintf(stderr, ", of which the first %llu and the last %llu were kept\n",
                (unsigned long long)output->head, (unsigned long long)(bytes->size - output->head));
        write_out(rt_span(bytes->data, output->head));
        fprintf(stderr, "\n... %llu bytes were not kept ...\n",
                (unsigned long long)(output->total - bytes->size));
        write_out(rt_span(bytes->data + output->head, bytes->size - output->head));
    } else {
        fprintf(stderr, "\n");
        write_out(rt_buf_span(bytes));
    }
    if (isatty(1) && bytes->size && bytes->data[bytes->size - 1] != '\n')
        write_out(rt_span_text("\n"));
}

static void print_text(const struct rt_study *study, uint64_t ordinal, const struct log *log)
{
    fprintf(stderr, "%s.%llu, attempt %u: %s\n", study->id, (unsigned long long)ordinal,
            (unsigned)log->attempt, log->outcome);
    if (!log->recorded)
        fprintf(stderr, "nothing is known of what it wrote: it was lost\n");
    print_stream("stdout", &log->out, &log->out_bytes);
    print_stream("stderr", &log->err, &log->err_bytes);
    if (wants("reason") && log->reason.size) {
        fprintf(stderr, "reason:\n");
        write_out(rt_buf_span(&log->reason));
        write_out(rt_span_text("\n"));
    }
}

static struct rt_json *stream_json(const struct rt_output *output, const struct rt_buf *bytes)
{
    struct rt_json *object = rt_json_new_object();

    rt_json_set_int(object, "bytes", (int64_t)output->total);
    rt_json_set_int(object, "kept", (int64_t)bytes->size);
    rt_json_set_int(object, "head", (int64_t)output->head);
    rt_json_set(object, "text", rt_json_new_string_span(rt_buf_span(bytes)));
    return object;
}

static void print_json(const struct rt_study *study, uint64_t ordinal, const struct log *log)
{
    struct rt_json *object = rt_json_new_object();
    struct rt_buf text = RT_BUF_INIT;

    rt_buf_printf(&text, "%s.%llu", study->id, (unsigned long long)ordinal);
    rt_json_set_text(object, "trial", rt_buf_text(&text));
    rt_json_set_int(object, "attempt", log->attempt);
    rt_json_set_text(object, "outcome", log->outcome);
    if (wants("stdout"))
        rt_json_set(object, "stdout", stream_json(&log->out, &log->out_bytes));
    if (wants("stderr"))
        rt_json_set(object, "stderr", stream_json(&log->err, &log->err_bytes));
    if (wants("reason"))
        rt_json_set(object, "reason", rt_json_new_string_span(rt_buf_span(&log->reason)));
    rt_buf_reset(&text);
    rt_render_json(&text, object);
    fwrite(text.data, 1, text.size, stdout);
    rt_json_free(object);
    rt_buf_clear(&text);
}

static int not_found(const struct rt_study *study, uint64_t ordinal, struct rt_err *err)
{
    if (number)
        return rt_err_set(err, RT_ENOTFOUND, "trial %s.%llu has no attempt %d that ended",
                          study->id, (unsigned long long)ordinal, number);
    return rt_err_set(err, RT_ENOTFOUND, "trial %s.%llu has not ended an attempt yet", study->id,
                      (unsigned long long)ordinal);
}

static int print_trial(struct rt_cmd_context *context, struct log *log,
                       const struct rt_study *study, uint64_t ordinal, struct rt_err *err)
{
    struct rt_db *db = NULL;
    int rc;

    if (rt_output_format() != RT_FORMAT_TABLE && rt_output_format() != RT_FORMAT_JSON)
        return rt_err_set(err, RT_EUSAGE,
                          "what a trial wrote is no table: only --json is possible");
    if ((rc = rt_ask_index(context, &db, err)) < 0)
        return rc;
    log->store = context->store;
    rc = rt_attempts_each(context->store, db, study, ordinal, look, log, err);
    rt_db_close(db);
    if (rc < 0)
        return rc;
    if (!log->found)
        return not_found(study, ordinal, err);
    if (rt_output_format() == RT_FORMAT_JSON)
        print_json(study, ordinal, log);
    else
        print_text(study, ordinal, log);
    return 0;
}

static int print(struct rt_cmd_context *context, struct log *log, const char *text,
                 struct rt_err *err)
{
    const struct rt_study *study;
    uint64_t ordinal;
    int rc;

    if ((rc = rt_ask_open(context, err)) < 0 ||
        (rc = rt_resolve(rt_store_state(context->store), text, &study, &ordinal, err)) < 0)
        return rc;
    if (ordinal)
        return print_trial(context, log, study, ordinal, err);
    if (number || stream)
        return rt_err_set(err, RT_EUSAGE, "--%s is about what a trial wrote; name one: %s.1",
                          number ? "attempt" : "stream", study->id);
    return rt_log_study(context->store, study, err);
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct log log = {0};
    int rc;

    (void)argc;
    if (stream && strcmp(stream, "stdout") != 0 && strcmp(stream, "stderr") != 0 &&
        strcmp(stream, "reason") != 0)
        return rt_err_set(err, RT_EUSAGE, "--stream takes stdout, stderr or reason, not \"%s\"",
                          stream);
    if (number < 0)
        return rt_err_set(err, RT_EUSAGE, "attempts are counted from 1");
    rc = print(context, &log, argv[0], err);
    rt_buf_clear(&log.out_bytes);
    rt_buf_clear(&log.err_bytes);
    rt_buf_clear(&log.reason);
    return rc;
}

const struct rt_cmd rt_cmd_log = {
    .name = "log",
    .summary = "Show what a trial wrote, or what a study's driver asked and was told",
    .usage = "TRIAL | STUDY",
    .description =
        "Standard output, then standard error, then the reason of its last attempt.\n"
        "Of long output the first and the last bytes were kept; standard error says\n"
        "how many. On a terminal control characters are made visible.\n"
        "\n"
        "Of a study, in order: what its driver asked for and said, what it was told, and\n"
        "what rules told running trials.",
    .args_min = 1,
    .args_max = 1,
    .needs = RT_NEEDS_STORE_PATH,
    .options = options,
    .run = run,
};
