#include "query/resolve.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "store/named_study.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Where the ".17" of a trial's name starts, or NULL. */
static const char *ordinal_part(const char *text)
{
    const char *dot = strrchr(text, '.');

    if (!dot || !isdigit((unsigned char)dot[1]) || strspn(dot + 1, "0123456789") != strlen(dot + 1))
        return NULL;
    return dot;
}

int rt_resolve_trial(const struct rt_state *state, const char *text, const struct rt_study **study,
                     uint64_t *ordinal, struct rt_err *err)
{
    const char *dot = ordinal_part(text);
    char clip[RT_UTF8_CLIP];
    char *name;
    int rc;

    if (!dot)
        return rt_err_set(err, RT_EUSAGE,
                          "\"%s\" is no trial: a trial is a study's id or name and a number, like "
                          "k3f9ab.17",
                          rt_utf8_clip(text, clip));
    name = rt_strndup(text, (size_t)(dot - text));
    rc = rt_named_study(state, name, study, err);
    free(name);
    if (rc < 0)
        return rc;
    *ordinal = strlen(dot + 1) > 15 ? UINT64_MAX : strtoull(dot + 1, NULL, 10);
    if (*ordinal == 0 || *ordinal > (*study)->ordinals)
        return rt_err_set(err, RT_ENOTFOUND,
                          "there is no trial %s%s; study \"%s\" has %s.1 to %s.%llu", (*study)->id,
                          dot, rt_utf8_clip((*study)->name, clip), (*study)->id, (*study)->id,
                          (unsigned long long)(*study)->ordinals);
    return 0;
}

int rt_resolve(const struct rt_state *state, const char *text, const struct rt_study **study,
               uint64_t *ordinal, struct rt_err *err)
{
    *ordinal = 0;
    if (!ordinal_part(text) || rt_state_study_by_name(state, text))
        return rt_named_study(state, text, study, err);
    return rt_resolve_trial(state, text, study, ordinal, err);
}
