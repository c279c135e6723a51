/* The turns of the conversation that are replayed, as events have them. */
#include "engine/driving_own.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void clear_turn(struct rt_turn *turn)
{
    free(turn->text);
    free(turn->reply);
}

void rt_script_clear(struct rt_script *script)
{
    for (size_t i = 0; i < script->count; i++)
        clear_turn(&script->turns[i]);
    free(script->turns);
    free(script->told);
    *script = (struct rt_script){0};
}

static const char *told_by(const struct rt_turn *turn)
{
    return turn->reply ? turn->reply : turn->kind >= RT_TURN_TELL ? turn->text : NULL;
}

const char *rt_script_told(const struct rt_script *script)
{
    for (size_t i = script->at; i-- > 0;) {
        if (told_by(&script->turns[i]))
            return told_by(&script->turns[i]);
    }
    return script->told;
}

static size_t size_of(const struct rt_turn *turn)
{
    return strlen(turn->text) + (turn->reply ? strlen(turn->reply) : 0);
}

void rt_script_pass(struct rt_script *script)
{
    script->bytes -= size_of(&script->turns[script->at++]);
}

void rt_script_leave(struct rt_script *script)
{
    const char *told = rt_script_told(script);

    if (told && told != script->told) {
        free(script->told);
        script->told = rt_strdup(told);
    }
    for (size_t i = 0; i < script->at; i++)
        clear_turn(&script->turns[i]);
    script->count -= script->at;
    if (script->count)
        memmove(script->turns, script->turns + script->at, script->count * sizeof *script->turns);
    script->at = 0;
}

struct rt_turn *rt_script_add(struct rt_script *script, enum rt_turn_kind kind, uint64_t seq,
                              char *text, char *reply)
{
    script->turns =
        rt_grow(script->turns, &script->capacity, script->count + 1, sizeof *script->turns);
    script->turns[script->count] =
        (struct rt_turn){.kind = kind, .seq = seq, .text = text, .reply = reply};
    script->bytes += size_of(&script->turns[script->count]);
    return &script->turns[script->count++];
}

void rt_script_drop_last(struct rt_script *script)
{
    script->bytes -= size_of(&script->turns[script->count - 1]);
    clear_turn(&script->turns[--script->count]);
}

/* {"name": value} in the form of equal bytes. */
static char *message(const char *name, const struct rt_json *value, const char *other,
                     const struct rt_json *beside)
{
    struct rt_json *object = rt_json_new_object();
    char *text;

    rt_json_set(object, name, value ? rt_json_copy(value) : rt_json_new_null());
    if (other)
        rt_json_set(object, other, beside ? rt_json_copy(beside) : rt_json_new_null());
    text = rt_json_text(object);
    rt_json_free(object);
    return text;
}

static char *answer_line(const struct rt_json *body)
{
    const struct rt_json *value = rt_json_get(body, "value");
    char *text = value ? rt_json_text(value) : rt_strdup("null");
    char *line = rt_printf("{\"answer\":{\"to\":%" PRId64 ",\"value\":%s}}\n",
                           rt_json_get_int(body, "n", 0), text);

    free(text);
    return line;
}

static char *item_of(const struct rt_json *body)
{
    const struct rt_json *item = rt_json_get(body, "item");

    return item ? rt_json_text(item) : rt_strdup("null");
}

/* What is asked in an event, by its "what". */
static const struct asked {
    const char *what;
    enum rt_turn_kind kind;
    const char *name; /* of the message, and its value in the event */
    const char *member;
    const char *beside; /* a further member of both */
} asked[] = {
    {"answer", RT_TURN_ANSWER, "ask", "ask", "n"},
    {"priority", RT_TURN_PRIORITY, "priority", "priority", "ids"},
    {"batch", RT_TURN_BATCH, "batch", "batch", NULL},
    {"reports", RT_TURN_REPORTS, "reports", "reports", NULL},
    {"order", RT_TURN_ORDER, "tell", "tell", NULL},
    {"save", RT_TURN_SAVE, "save", "state", "told"},
    {"finish", RT_TURN_FINISH, "finish", "value", NULL},
};

static struct rt_turn *add_asked(struct rt_script *script, const struct asked *is, uint64_t seq,
                                 const struct rt_json *body)
{
    const char *beside = is->beside;
    enum rt_turn_kind kind = is->kind;

    if (kind == RT_TURN_SAVE && !rt_json_bool(rt_json_get(body, "said")))
        beside = NULL; /* it was found, not said */
    if (kind == RT_TURN_FINISH && rt_json_bool(rt_json_get(body, "exit")))
        kind = RT_TURN_EXIT;
    return rt_script_add(script, kind, seq,
                         message(is->name, rt_json_get(body, is->member), beside,
                                 beside ? rt_json_get(body, beside) : NULL),
                         kind == RT_TURN_ANSWER ? answer_line(body) : NULL);
}

struct rt_turn *rt_script_add_event(struct rt_script *script, const struct rt_event *event,
                                    const struct rt_json *body)
{
    const char *what = rt_json_get_text(body, "what", "");
    const char *line = rt_json_get_text(body, "line", "");
    struct rt_turn *turn;

    if (event->kind == RT_EVENT_CANCEL)
        return rt_script_add(script, RT_TURN_CANCEL, event->seq,
                             message("cancel", rt_json_get(body, "ids"), NULL, NULL), NULL);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        if (strcmp(what, asked[i].what) == 0)
            return add_asked(script, &asked[i], event->seq, body);
    }
    if (strcmp(what, "claim") == 0) {
        turn = rt_script_add(script, RT_TURN_CLAIM, event->seq, item_of(body), NULL);
        turn->first = (uint64_t)rt_json_get_int(body, "point", 0);
        turn->count = (uint64_t)rt_json_get_int(body, "count", 1);
        return turn;
    }
    if (strcmp(what, "refuse") == 0)
        return rt_script_add(script, RT_TURN_REFUSE, event->seq, item_of(body), rt_strdup(line));
    if (strcmp(what, "report") == 0)
        return rt_script_add(script, RT_TURN_REPORT, event->seq, rt_strdup(line), NULL);
    if (strcmp(what, "stop") == 0)
        return rt_script_add(script, RT_TURN_STOP, event->seq,
                             rt_printf("{\"stop\":\"%s\"}\n", rt_json_get_text(body, "reason", "")),
                             NULL);
    return NULL;
}
