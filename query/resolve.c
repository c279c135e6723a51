#include "query/resolve.h"

#include "base/alloc.h"
#include "base/suggest.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LISTED 8 /* studies that an error names */

/* The exact id, the exact name, then the one id that starts so. */
struct search {
    const struct rt_study *exact;
    const struct rt_study *begun; /* the last one */
    size_t begun_count;
};

static struct search search(const struct rt_state *state, const char *text)
{
    struct search found = {.exact = rt_state_study_by_id(state, text)};

    if (!found.exact)
        found.exact = rt_state_study_by_name(state, text);
    for (uint32_t i = 1; i <= rt_state_studies(state); i++) {
        const struct rt_study *study = rt_state_study(state, i);

        if (study && text[0] && strncmp(study->id, text, strlen(text)) == 0) {
            found.begun = study;
            found.begun_count++;
        }
    }
    return found;
}

static void put_study(struct rt_buf *text, const struct rt_study *study, size_t at)
{
    char clip[RT_UTF8_CLIP];

    rt_buf_printf(text, "%s\"%s\" (%s)", at ? ", " : "", rt_utf8_clip(study->name, clip),
                  study->id);
}

/* Names studies whose id starts with `start`, the latest first. */
static void put_studies(struct rt_buf *text, const struct rt_state *state, const char *start)
{
    size_t count = 0;

    for (uint32_t i = (uint32_t)rt_state_studies(state); i > 0; i--) {
        const struct rt_study *study = rt_state_study(state, i);

        if (!study || strncmp(study->id, start, strlen(start)) != 0)
            continue;
        if (count == LISTED) {
            rt_buf_add(text, ", ...");
            return;
        }
        put_study(text, study, count++);
    }
}

static const char *suggest(const struct rt_state *state, const char *text)
{
    size_t count = rt_state_studies(state);
    const char **names = rt_calloc(count + 1, sizeof *names);
    const char *near;
    size_t used = 0;

    for (uint32_t i = 1; i <= count; i++) {
        if (rt_state_study(state, i))
            names[used++] = rt_state_study(state, i)->name;
    }
    near = rt_suggest(text, names);
    free(names);
    return near;
}

static int not_found(const struct rt_state *state, const char *text, struct rt_err *err)
{
    struct rt_buf studies = RT_BUF_INIT;
    const char *near = suggest(state, text);
    char clip[RT_UTF8_CLIP];
    char near_clip[RT_UTF8_CLIP];

    rt_utf8_clip(text, clip);
    if (rt_state_studies(state) == 0)
        rt_err_set(err, RT_ENOTFOUND, "there is no study \"%s\"; the store has none yet", clip);
    else if (near)
        rt_err_set(err, RT_ENOTFOUND, "there is no study \"%s\"; did you mean \"%s\"?", clip,
                   rt_utf8_clip(near, near_clip));
    else {
        put_studies(&studies, state, "");
        rt_err_set(err, RT_ENOTFOUND, "there is no study \"%s\"; there is %s", clip,
                   rt_buf_text(&studies));
    }
    rt_buf_clear(&studies);
    return RT_ENOTFOUND;
}

static int ambiguous(const struct rt_state *state, const char *text, struct rt_err *err)
{
    struct rt_buf studies = RT_BUF_INIT;

    put_studies(&studies, state, text);
    rt_err_set(err, RT_EUSAGE, "\"%s\" could be %s", text, rt_buf_text(&studies));
    rt_buf_clear(&studies);
    return RT_EUSAGE;
}

int rt_resolve_study(const struct rt_state *state, const char *text, const struct rt_study **study,
                     struct rt_err *err)
{
    struct search found = search(state, text);

    *study = found.exact ? found.exact : found.begun;
    if (!found.exact && found.begun_count > 1)
        return ambiguous(state, text, err);
    return *study ? 0 : not_found(state, text, err);
}

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
    rc = rt_resolve_study(state, name, study, err);
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
    if (!ordinal_part(text) || search(state, text).exact)
        return rt_resolve_study(state, text, study, err);
    return rt_resolve_trial(state, text, study, ordinal, err);
}
