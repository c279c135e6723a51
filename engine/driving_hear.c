/* One line of the driver: as before, while it is replayed, then live. */
#include "engine/driving_own.h"

#include "base/escape.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN  300 /* bytes of a request in an error */
#define BEFORE 60  /* of these at most before the place where two differ */

static char *shown_from(const char *text, size_t start)
{
    struct rt_buf out = RT_BUF_INIT;
    size_t size = strlen(text) - start;

    size -= size && text[start + size - 1] == '\n';
    if (start)
        rt_buf_add(&out, "...");
    rt_escape_line(&out, rt_span(text + start, size < SHOWN ? size : SHOWN));
    if (size > SHOWN)
        rt_buf_add(&out, "...");
    return rt_buf_take(&out);
}

/* A request that is shown: not all of it, if it is long. */
char *rt_driving_shown(const char *text)
{
    return shown_from(text, 0);
}

/* Where two long requests are to be shown from, so that it can be seen in what they differ. */
static size_t parting(const char *a, const char *b)
{
    size_t at = 0;

    while (a[at] && a[at] == b[at])
        at++;
    at = at > SHOWN - BEFORE ? at - BEFORE : 0;
    while (at && ((unsigned char)a[at] & 0xC0) == 0x80) /* inside a character of UTF-8 */
        at--;
    return at;
}

static void fail_diverged(struct rt_driving *driving, const char *was, const char *is)
{
    const struct rt_script *script = &driving->script;
    const char *last = rt_script_told(script);
    char *told = last ? rt_driving_shown(last) : NULL;

    rt_driving_fail(
        driving, RT_ECONFLICT,
        "the driver decides otherwise than it did, after %" PRIu64
        " requests that were as before:\n  before: %s\n  now:    %s\n"
        "%s%s%sretrial log %s shows all that was asked and told; this is event %" PRIu64,
        driving->repeated, was, is, told ? "  it had been told last: " : "", told ? told : "",
        told ? "\n" : "", driving->study->name, script->turns[script->at].seq);
    free(told);
}

static int diverge(struct rt_driving *driving, const char *before, const char *now,
                   struct rt_err *err)
{
    bool strict = driving->options.strict || driving->options.check ||
                  rt_json_bool(rt_json_get(driving->settings, "strict"));
    struct rt_json *body = rt_json_new_object();
    size_t start = parting(before, now);
    char *was = shown_from(before, start);
    char *is = shown_from(now, start);
    int rc = 0;

    rt_json_set_text(body, "before", before);
    rt_json_set_text(body, "now", now);
    rt_json_set_int(body, "after", (int64_t)driving->repeated);
    if (driving->options.check)
        rt_json_free(body);
    else
        rc = rt_driving_append(driving, "diverge", body, err);
    driving->diverged = true;
    if (strict)
        fail_diverged(driving, was, is);
    else
        rt_driving_say(driving,
                       "the driver decides otherwise than it did, after %" PRIu64
                       " requests that were as before: before %s, now %s; it is started afresh "
                       "and told all outcomes (--strict ends the launch instead)",
                       driving->repeated, was, is);
    free(was);
    free(is);
    return rc;
}

/* What a request did when it was made, as far as it did not go to the journal. */
static void apply_again(struct rt_driving *driving, const struct rt_turn *turn)
{
    struct rt_json *message = NULL;

    if (turn->kind == RT_TURN_BATCH &&
        rt_json_parse(rt_span_text(turn->text), &message, NULL) == 0) {
        driving->batch = (uint64_t)rt_json_get_int(message, "batch", 1);
    } else if (turn->kind == RT_TURN_REPORTS &&
               rt_json_parse(rt_span_text(turn->text), &message, NULL) == 0) {
        driving->reports = rt_json_bool(rt_json_get(message, "reports"));
    } else if (turn->kind == RT_TURN_FINISH || turn->kind == RT_TURN_EXIT) {
        driving->finished = true;
    }
    if (turn->reply)
        rt_driving_send_line(driving, turn->reply);
    rt_json_free(message);
}

/* A request while it is replayed. */
static int repeat(struct rt_driving *driving, const char *text, bool exits, struct rt_err *err)
{
    struct rt_turn *turn = &driving->script.turns[driving->script.at];

    if ((turn->kind == RT_TURN_EXIT) != exits || (!exits && strcmp(turn->text, text) != 0))
        return diverge(driving, turn->kind == RT_TURN_EXIT ? "(its end)" : turn->text,
                       exits ? "(its end)" : text, err);
    driving->repeated++;
    rt_script_pass(&driving->script);
    apply_again(driving, turn);
    return rt_driving_pump(driving, err);
}

/* One request: an item of a submit, or any other message. */
static int take(struct rt_driving *driving, enum rt_driver_verb verb, const struct rt_json *request,
                struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    if (!driving->live && verb == RT_DRIVER_SUBMIT)
        rt_driver_put_item(&text, request);
    else if (!driving->live)
        rt_json_canonical(request, &text);
    if (!driving->live)
        rc = repeat(driving, rt_buf_text(&text), false, err);
    else if (verb == RT_DRIVER_SUBMIT)
        rc = rt_driving_submit(driving, request, err);
    else
        rc = rt_driving_take(driving, verb, request, err);
    rt_buf_clear(&text);
    return rc;
}

/* What makes no sense ends the driver, and is shown. */
static int complain(struct rt_driving *driving, struct rt_span line, const struct rt_err *why)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *error = rt_json_new_object();

    rt_escape_line(&text, rt_span(line.data, line.size < SHOWN ? line.size : SHOWN));
    if (line.size > SHOWN)
        rt_buf_add(&text, "...");
    rt_driving_fail(driving, RT_ETRIALS, "the driver wrote what is no request (%s): %s", why->text,
                    rt_buf_text(&text));
    rt_json_set_text(error, "error", why->text);
    rt_buf_reset(&text);
    rt_json_canonical(error, &text);
    rt_buf_add(&text, "\n");
    rt_driver_send(driving->program, rt_buf_span(&text));
    rt_json_free(error);
    rt_buf_clear(&text);
    return 0;
}

/* How many proposals of a line are, byte by byte, what was proposed next before; 0: it is not all
 * of them, or the line is to be read to know. */
static size_t as_before(const struct rt_driving *driving, struct rt_span line)
{
    static const char start[] = "{\"submit\":[";
    const char *at = line.data;
    const char *end = at + line.size;
    size_t count = 0;

    if (driving->live || line.size < sizeof start || memcmp(at, start, sizeof start - 1) != 0)
        return 0;
    at += sizeof start - 1;
    for (size_t i = driving->script.at; i < driving->script.count; i++) {
        const struct rt_turn *turn = &driving->script.turns[i];
        size_t size = turn->kind < RT_TURN_TELL ? strlen(turn->text) : 0;

        if (turn->kind >= RT_TURN_TELL)
            continue;
        if (turn->kind > RT_TURN_REFUSE || (size_t)(end - at) < size + 2 ||
            memcmp(at, turn->text, size) != 0)
            return 0;
        count++;
        at += size;
        if (*at++ != ',')
            return at[-1] == ']' && *at == '}' && end == at + 1 ? count : 0;
    }
    return 0;
}

int rt_driving_hear(struct rt_driving *driving, struct rt_span line, struct rt_err *err)
{
    const struct rt_json *list;
    struct rt_json *message;
    enum rt_driver_verb verb;
    struct rt_err why;
    size_t known = as_before(driving, line);
    int rc = 0;

    if (known) {
        while (rc == 0 && known--)
            rc = repeat(driving, driving->script.turns[driving->script.at].text, false, err);
        return rc;
    }
    if (rt_driver_message(line, &message, &verb, &why) < 0)
        return complain(driving, line, &why);
    list = rt_json_get(message, "submit");
    if (verb != RT_DRIVER_SUBMIT)
        rc = take(driving, verb, message, &why);
    for (size_t i = 0; rc == 0 && i < rt_json_count(list) && !driving->diverged; i++)
        rc = take(driving, verb, rt_json_at(list, i), &why);
    rt_json_free(message);
    if (rc == RT_EPEER)
        return complain(driving, line, &why);
    if (rc < 0 && err)
        *err = why;
    return rc;
}

int rt_driving_hear_end(struct rt_driving *driving, struct rt_err *err)
{
    if (driving->finished)
        return 0;
    return driving->live ? rt_driving_finish(driving, NULL, true, err)
                         : repeat(driving, "", true, err);
}
