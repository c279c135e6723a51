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

#endif
