#include "engine/placeholder.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

static struct rt_json *find(const struct rt_json *params, const char *key)
{
    struct rt_json *found = rt_json_get(params, key);
    const char *dot = strchr(key, '.');
    struct rt_json *inside;
    char *part;

    if (found || !dot)
        return found;
    part = rt_strndup(key, (size_t)(dot - key));
    inside = rt_json_get(params, part);
    free(part);
    return inside ? find(inside, dot + 1) : NULL;
}

static void put_value(const struct rt_json *value, struct rt_buf *out)
{
    double special;

    if (rt_json_kind(value) == RT_JSON_STRING)
        rt_buf_add(out, rt_json_string(value));
    else if (rt_json_special(value, &special))
        rt_buf_add(out, rt_json_get_text(value, "$float", ""));
    else
        rt_json_canonical(value, out);
}

static int put_param(const char *key, const char *word, const struct rt_json *params,
                     struct rt_buf *out, struct rt_err *err)
{
    struct rt_json *value = find(params, key);

    if (!value)
        return rt_err_set(err, RT_EUSAGE,
                          "\"%s\" in the command asks for the parameter \"%s\", which no trial "
                          "has; write {{ and }} for braces",
                          word, key);
    put_value(value, out);
    return 0;
}

int rt_placeholder_expand(const char *word, const struct rt_json *params, struct rt_buf *out,
                          struct rt_err *err)
{
    for (const char *at = word; *at; at++) {
        const char *end;
        char *key;
        int rc;

        if ((*at == '{' || *at == '}') && at[1] == *at) {
            rt_buf_put_u8(out, (uint8_t)*at++);
            continue;
        }
        if (*at != '{' && *at != '}') {
            rt_buf_put_u8(out, (uint8_t)*at);
            continue;
        }
        end = *at == '{' ? strchr(at, '}') : NULL;
        if (!end)
            return rt_err_set(err, RT_EUSAGE,
                              "\"%s\" in the command has a single brace; write "
                              "{{ and }} for braces",
                              word);
        key = rt_strndup(at + 1, (size_t)(end - at - 1));
        rc = put_param(key, word, params, out, err);
        free(key);
        if (rc < 0)
            return rc;
        at = end;
    }
    return 0;
}

void rt_placeholder_keys(const char *word, rt_placeholder_fn *each, void *context)
{
    for (const char *at = word; *at; at++) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        char *key;

        if ((*at == '{' || *at == '}') && at[1] == *at) {
            at++;
        } else if (end) {
            key = rt_strndup(at + 1, (size_t)(end - at - 1));
            each(context, key);
            free(key);
            at = end;
        }
    }
}
