#include "engine/command_result.h"

#include "base/fs.h"
#include "engine/capture.h"
#include "engine/command_metrics.h"

#include <sys/stat.h>
#include <sys/wait.h>

#define RESULT_MAX (256 << 20) /* bytes of a result file */
#define TAIL       (1 << 20)   /* bytes of output in which a last line is looked for */

/* The last line that is not blank, within text; empty if there is none. */
static struct rt_span last_line(struct rt_span text)
{
    const char *start = text.data;
    size_t end = text.size;
    size_t begin;

    while (end && (start[end - 1] == '\n' || start[end - 1] == '\r' || start[end - 1] == ' '))
        end--;
    begin = end;
    while (begin && start[begin - 1] != '\n')
        begin--;
    return rt_span(start + begin, end - begin);
}

static void read_tail(int fd, uint64_t base, struct rt_buf *out)
{
    uint64_t size = rt_capture_size(fd);
    uint64_t head;

    if (size > base + TAIL)
        base = size - TAIL;
    if (size > base)
        rt_capture_read(fd, base, size, TAIL, out, &head);
}

static void fail_with_status(const struct rt_call *call, int status, struct rt_ended *ended)
{
    struct rt_buf tail = RT_BUF_INIT;
    struct rt_span line;

    if (WIFSIGNALED(status)) {
        ended->outcome = RT_OUTCOME_CRASHED;
        ended->status = WTERMSIG(status);
        rt_ended_signal_text(&ended->reason, WTERMSIG(status));
        return;
    }
    read_tail(call->errors, call->errors_base, &tail);
    line = last_line(rt_buf_span(&tail));
    rt_ended_failed(ended, "exit status %d%s%.*s", WEXITSTATUS(status), line.size ? ": " : "",
                    line.size > 1000 ? 1000 : (int)line.size, (const char *)line.data);
    ended->status = WEXITSTATUS(status);
    rt_buf_clear(&tail);
}

/* Takes an object or a bare number as the result; -1 if it is neither. */
static int take_value(const struct rt_json *value, const char *metric, struct rt_ended *ended)
{
    enum rt_json_kind kind = rt_json_kind(value);
    struct rt_json *object;
    double special;

    if (kind == RT_JSON_OBJECT && !rt_json_special(value, &special)) {
        rt_json_canonical(value, &ended->result);
    } else if (kind == RT_JSON_OBJECT || kind == RT_JSON_INT || kind == RT_JSON_REAL) {
        object = rt_json_new_object();
        rt_json_set(object, metric, rt_json_copy(value));
        rt_json_canonical(object, &ended->result);
        rt_json_free(object);
    } else {
        return -1;
    }
    ended->outcome = RT_OUTCOME_OK;
    return 0;
}

static void take_text(struct rt_span text, const char *where, const char *metric,
                      struct rt_ended *ended)
{
    struct rt_json *value = NULL;
    struct rt_err err;

    if (rt_json_parse(text, &value, &err) < 0)
        rt_ended_failed(ended, "%s is not JSON: %s", where, err.text);
    else if (take_value(value, metric, ended) < 0)
        rt_ended_failed(ended, "%s is %s; a result is a JSON object of metrics, or a number", where,
                        rt_json_kind_name(rt_json_kind(value)));
    rt_json_free(value);
}

/* What a command prints last is a result if it looks like one. Without an objective a command need
 * not have any: its work may be the files that it writes. */
static void take_last_line(struct rt_span line, const struct rt_command_promise *promise,
                           struct rt_ended *ended)
{
    struct rt_json *value = NULL;
    bool taken = line.size && rt_json_parse(line, &value, NULL) == 0 &&
                 take_value(value, promise->metric, ended) == 0;

    if (!taken && promise->needed)
        rt_ended_failed(ended,
                        "the command gave no result, and the objective needs \"%s\": write JSON "
                        "to the file $RETRIAL_RESULT, or print it as the last line",
                        promise->metric);
    else if (!taken)
        ended->outcome = RT_OUTCOME_OK;
    rt_json_free(value);
}

/* Metrics from where the study says. */
static void take_promised(const struct rt_call *call, const struct rt_command_promise *promise,
                          struct rt_ended *ended)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *value = NULL;
    struct rt_err err;

    read_tail(call->output, call->output_base, &text);
    if (rt_command_metrics(promise->how, rt_buf_span(&text), &value, &err) < 0)
        rt_ended_failed(ended, "the command gave no result: %s", err.text);
    else if (take_value(value, promise->metric, ended) < 0)
        rt_ended_failed(ended, "the command's result is %s, not a JSON object of metrics",
                        rt_json_kind_name(rt_json_kind(value)));
    rt_json_free(value);
    rt_buf_clear(&text);
}

void rt_command_result(const struct rt_call *call, int status, const char *result_file,
                       const struct rt_command_promise *promise, struct rt_ended *ended)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_err err;
    struct stat info;

    if (status != 0) {
        fail_with_status(call, status, ended);
        return;
    }
    if (promise->how) {
        take_promised(call, promise, ended);
        return;
    }
    if (stat(result_file, &info) == 0 && info.st_size > 0) {
        if (!S_ISREG(info.st_mode))
            rt_ended_failed(ended, "what the command left at $RETRIAL_RESULT is no file");
        else if (info.st_size > RESULT_MAX)
            rt_ended_failed(ended, "the result file has more than %d bytes", RESULT_MAX);
        else if (rt_fs_read(result_file, &text, &err) < 0)
            rt_ended_failed(ended, "%s", err.text);
        else
            take_text(rt_buf_span(&text), "the result file", promise->metric, ended);
    } else {
        read_tail(call->output, call->output_base, &text);
        take_last_line(last_line(rt_buf_span(&text)), promise, ended);
    }
    rt_buf_clear(&text);
}
