#include "engine/member.h"

#include <string.h>

struct text {
    const char *at;
    const char *end;
};

static bool is_at(const struct text *text, char wanted)
{
    return text->at < text->end && *text->at == wanted;
}

/* From the opening quote to behind the closing one; false if there is none. */
static bool skip_string(struct text *text, bool *escapes)
{
    for (text->at++; text->at < text->end && *text->at != '"'; text->at++) {
        if (*text->at == '\\') {
            *escapes = true;
            text->at++;
        }
    }
    if (text->at >= text->end)
        return false;
    text->at++;
    return true;
}

/* To behind a value of any kind. */
static bool skip_value(struct text *text)
{
    int depth = 0;
    bool escapes;

    while (text->at < text->end) {
        char c = *text->at;

        if (depth == 0 && (c == ',' || c == '}'))
            return true;
        if (c == '"') {
            if (!skip_string(text, &escapes))
                return false;
            continue;
        }
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        text->at++;
    }
    return false;
}

/* A name and the colon behind it. */
static bool read_name(struct text *text, struct rt_span *name, bool *escapes)
{
    const char *start = text->at + 1;

    *escapes = false;
    if (!is_at(text, '"') || !skip_string(text, escapes))
        return false;
    *name = rt_span(start, (size_t)(text->at - 1 - start));
    if (!is_at(text, ':'))
        return false;
    text->at++;
    return true;
}

static enum rt_member find(struct rt_span object, struct rt_span key, struct rt_span *value)
{
    struct text text = {object.data, (const char *)object.data + object.size};
    struct rt_span name;
    bool escapes;

    if (!is_at(&text, '{'))
        return RT_MEMBER_MISSING; /* a value of another kind has no members */
    for (text.at++; !is_at(&text, '}'); text.at += is_at(&text, ',')) {
        const char *start;

        if (!read_name(&text, &name, &escapes) || escapes)
            return RT_MEMBER_UNSURE;
        start = text.at;
        if (!skip_value(&text))
            return RT_MEMBER_UNSURE;
        *value = rt_span(start, (size_t)(text.at - start));
        if (name.size == key.size && memcmp(name.data, key.data, key.size) == 0)
            return RT_MEMBER_FOUND;
    }
    return RT_MEMBER_MISSING;
}

enum rt_member rt_member_find(struct rt_span text, const char *key, struct rt_span *value)
{
    enum rt_member found;
    const char *dot;

    while ((found = find(text, rt_span_text(key), value)) == RT_MEMBER_MISSING &&
           (dot = strchr(key, '.')) != NULL) {
        found = find(text, rt_span(key, (size_t)(dot - key)), &text);
        if (found != RT_MEMBER_FOUND)
            break;
        key = dot + 1;
    }
    return found;
}
