#include "store/named_study.h"

#include "base/alloc.h"
#include "base/suggest.h"
#include "base/utf8.h"

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

int rt_named_study(const struct rt_state *state, const char *text, const struct rt_study **study,
                   struct rt_err *err)
{
    struct search found = search(state, text);

    *study = found.exact ? found.exact : found.begun;
    if (!found.exact && found.begun_count > 1)
        return ambiguous(state, text, err);
    return *study ? 0 : not_found(state, text, err);
}
