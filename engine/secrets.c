#include "engine/secrets.h"

#include "base/alloc.h"
#include "base/env.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SHORTEST 6 /* characters: what names alone tell of is no secret if it is shorter */

/* Names that are those of other things as well: {key: adam}, {pass: 2}. */
static bool is_common(const char *name)
{
    static const char *const common[] = {"key", "pass", "auth", "private", "token", "cookie"};

    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
        if (strcmp(name, common[i]) == 0)
            return true;
    }
    return false;
}

static bool is_secret(const char *name, const char *value)
{
    return rt_env_is_secret("", value) ||
           (strlen(value) >= SHORTEST && !is_common(name) && rt_env_is_secret(name, ""));
}

static char *find_below(const struct rt_json *value, const char *path, const char *name);

static char *find_in_object(const struct rt_json *object, const char *path)
{
    char *found = NULL;

    for (void *at = rt_json_first(object); at && !found; at = rt_json_next(object, at)) {
        const char *name = rt_json_iter_key(at);
        char *below = rt_printf("%s%s%s", path, *path ? "." : "", name);

        found = find_below(rt_json_iter_value(at), below, name);
        free(below);
    }
    return found;
}

/* Of a value, its members or its items: the path of the first text that looks like a secret. */
static char *find_below(const struct rt_json *value, const char *path, const char *name)
{
    char *found = NULL;

    if (rt_json_string(value))
        return is_secret(name, rt_json_string(value)) ? rt_strdup(path) : NULL;
    if (rt_json_kind(value) == RT_JSON_OBJECT)
        return find_in_object(value, path);
    for (size_t i = 0; rt_json_kind(value) == RT_JSON_ARRAY && i < rt_json_count(value) && !found;
         i++)
        found = find_below(rt_json_at(value, i), path, name);
    return found;
}

static const char *last_part(const char *key)
{
    const char *dot = strrchr(key, '.');

    return dot ? dot + 1 : key;
}

static char *find_in_axes(const struct rt_json *axes)
{
    char *found = NULL;

    for (size_t i = 0; i < rt_json_count(axes) && !found; i++) {
        const struct rt_json *values = rt_json_get(rt_json_at(axes, i), "values");
        const char *key = rt_json_get_text(rt_json_at(axes, i), "key", "");

        if (values)
            found = find_below(values, key, last_part(key));
    }
    return found;
}

/* A word as it would be recorded of our own command line. */
static char *find_in_command(const struct rt_json *argv)
{
    const char *before = NULL;

    for (size_t i = 0; i < rt_json_count(argv); i++) {
        const char *word = rt_json_string(rt_json_at(argv, i));
        char *recorded = rt_env_argument(word, before);
        bool hidden = strcmp(recorded, word) != 0 && !strchr(word, '{');
        const char *name = before && before[0] == '-' ? before : word;

        free(recorded);
        if (hidden)
            return rt_strndup(name, strcspn(name, "="));
        before = word;
    }
    return NULL;
}

char *rt_secrets_find(const struct rt_json *plan)
{
    const struct rt_json *params = rt_json_get(plan, "params");
    char *found = params ? find_in_object(params, "") : NULL;

    if (!found)
        found = find_in_axes(rt_json_get(plan, "axes"));
    return found ? found : find_in_command(rt_json_get(rt_json_get(plan, "entry"), "argv"));
}
