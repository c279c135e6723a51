#ifndef RT_ENGINE_PLACEHOLDER_H
#define RT_ENGINE_PLACEHOLDER_H
/*
 * Placeholders in the words of a command: "{lr}" and "{opt.lr}" stand for
 * params, "{{" and "}}" for braces. A text stands for its characters, any
 * other value for its canonical JSON. No shell ever sees them.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

/* Appends the word with its placeholders filled in. RT_EUSAGE naming a placeholder without a
 * param, or a stray brace. */
int rt_placeholder_expand(const char *word, const struct rt_json *params, struct rt_buf *out,
                          struct rt_err *err);

/* Calls each() with the name of every param that the word, which can be expanded, asks for. */
typedef void rt_placeholder_fn(void *context, const char *key);
void rt_placeholder_keys(const char *word, rt_placeholder_fn *each, void *context);

#endif
