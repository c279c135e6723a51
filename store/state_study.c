/* Studies within state: revisions, ordinals, and the counts that follow from them. */
#include "store/state_inner.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>

struct rt_study_inner *rt_state_add_study(struct rt_state *state, const char *id, const char *name)
{
    struct rt_study_inner *study = rt_calloc(1, sizeof *study);

    state->studies = rt_grow(state->studies, &state->study_capacity, state->study_count + 1,
                             sizeof(struct rt_study_inner *));
    state->studies[state->study_count++] = study;
    study->is.number = (uint32_t)state->study_count;
    snprintf(study->is.id, sizeof study->is.id, "%s", id);
    study->is.name = rt_strdup(name);
    study->first_waiting = 1;
    return study;
}

void rt_study_add_revision(struct rt_study_inner *study, struct rt_plan *plan,
                           struct rt_segments *map)
{
    study->revisions = rt_grow(study->revisions, &study->revision_capacity,
                               study->revision_count + 1, sizeof *study->revisions);
    study->revisions[study->revision_count++] = (struct rt_revision){.plan = plan, .map = *map};
    study->is.plan = plan;
    study->is.revision = (uint32_t)study->revision_count;
    if (map->count) {
        const struct rt_segment *last = &map->by_ordinal[map->count - 1];

        rt_trials_extend(&study->trials, last->ordinal + last->count - 1);
    }
    study->is.ordinals = study->trials.count;
    study->first_waiting = 1;
    *map = (struct rt_segments){NULL, NULL, 0, 0, 0};
}

static void count_word(struct rt_study *study, rt_word word, uint64_t count)
{
    if (rt_word_status(word) == RT_TRIAL_LEASED)
        study->leased += count;
    if (rt_word_status(word) == RT_TRIAL_DONE)
        study->done[rt_word_outcome(word)] += count;
}

void rt_study_recount(struct rt_study_inner *study)
{
    const struct rt_revision *current = rt_study_current(study);

    study->is.planned = current->map.total;
    study->is.leased = 0;
    memset(study->is.done, 0, sizeof study->is.done);
    for (size_t i = 0; i < current->map.count; i++) {
        uint64_t at = current->map.by_ordinal[i].ordinal;
        uint64_t last = at + current->map.by_ordinal[i].count - 1;

        while (at <= last) {
            rt_word word;
            uint64_t run = rt_trials_run(&study->trials, at, last, &word);

            count_word(&study->is, word, run);
            at += run;
        }
    }
}

void rt_study_set_word(struct rt_study_inner *study, uint64_t ordinal, rt_word word)
{
    rt_word old = rt_trials_get(&study->trials, ordinal);

    rt_trials_set(&study->trials, ordinal, word);
    if (rt_word_status(word) == RT_TRIAL_WAITING && ordinal < study->first_waiting)
        study->first_waiting = ordinal;
    if (rt_study_index(&study->is, ordinal) == UINT64_MAX)
        return;
    count_word(&study->is, old, (uint64_t)-1);
    count_word(&study->is, word, 1);
}

void rt_study_advance(struct rt_study_inner *study)
{
    uint64_t next = rt_study_next_waiting(&study->is, study->first_waiting);

    study->first_waiting = next ? next : study->is.ordinals + 1;
}

struct rt_limits rt_study_limits(const struct rt_study_inner *study, uint64_t ordinal)
{
    return (struct rt_limits){rt_plan_retries(study->is.plan),
                              rt_downs_of(&study->downs, ordinal) >= RT_DOWNS_MAX};
}

uint32_t rt_study_downs(const struct rt_study *study, uint64_t ordinal)
{
    return rt_downs_of(&rt_study_inner(study)->downs, ordinal);
}

bool rt_study_down_by_launch(const struct rt_study *study, uint64_t ordinal)
{
    return rt_downs_by_launch(&rt_study_inner(study)->downs, ordinal);
}

uint64_t rt_study_next_down(const struct rt_study *study, uint64_t from)
{
    return rt_downs_next(&rt_study_inner(study)->downs, from);
}

struct rt_trial rt_state_trial(const struct rt_study *study, uint64_t ordinal)
{
    struct rt_trial trial = {RT_TRIAL_RETIRED, RT_OUTCOME_NONE, 0};
    rt_word word;

    if (ordinal < 1 || ordinal > study->ordinals)
        return trial;
    word = rt_trials_get(&rt_study_inner(study)->trials, ordinal);
    trial.outcome = rt_word_outcome(word);
    trial.attempts = rt_word_attempts(word);
    if (rt_study_index(study, ordinal) != UINT64_MAX)
        trial.status = rt_word_status(word);
    return trial;
}

uint64_t rt_state_run(const struct rt_study *study, uint64_t ordinal, uint64_t last,
                      struct rt_trial *trial)
{
    const struct rt_study_inner *inner = rt_study_inner(study);
    const struct rt_revision *current = rt_study_current(inner);
    const struct rt_segment *segment;
    uint64_t run;
    uint64_t end;
    rt_word word;

    *trial = rt_state_trial(study, ordinal);
    if (ordinal < 1 || ordinal >= study->ordinals || ordinal >= last)
        return 1;
    end = last < study->ordinals ? last : study->ordinals;
    run = rt_trials_run(&inner->trials, ordinal, end, &word);
    segment = current ? rt_segments_seek(&current->map, ordinal) : NULL;
    if (!segment)
        return run;
    end = segment->ordinal <= ordinal ? segment->ordinal + segment->count : segment->ordinal;
    return run < end - ordinal ? run : end - ordinal;
}

uint64_t rt_study_ordinal(const struct rt_study *study, uint64_t index)
{
    const struct rt_revision *current = rt_study_current(rt_study_inner(study));

    return current ? rt_segments_ordinal(&current->map, index) : 0;
}

uint64_t rt_study_index(const struct rt_study *study, uint64_t ordinal)
{
    const struct rt_revision *current = rt_study_current(rt_study_inner(study));

    return current ? rt_segments_index(&current->map, ordinal) : UINT64_MAX;
}

const struct rt_plan *rt_study_plan_of(const struct rt_study *study, uint64_t ordinal,
                                       uint64_t *index)
{
    const struct rt_study_inner *inner = rt_study_inner(study);

    for (size_t i = inner->revision_count; i-- > 0;) {
        *index = rt_segments_index(&inner->revisions[i].map, ordinal);
        if (*index != UINT64_MAX)
            return inner->revisions[i].plan;
    }
    return NULL;
}

/* The last ordinal of the page that holds this one. */
static uint64_t page_end(uint64_t ordinal)
{
    return (ordinal - 1) / RT_PAGE_TRIALS * RT_PAGE_TRIALS + RT_PAGE_TRIALS;
}

uint64_t rt_study_unfinished(const struct rt_study *study)
{
    uint64_t left = study->planned;

    for (int i = 0; i < RT_OUTCOMES; i++)
        left -= study->done[i];
    return left;
}

uint64_t rt_study_next_waiting(const struct rt_study *study, uint64_t from)
{
    const struct rt_study_inner *inner = rt_study_inner(study);
    const struct rt_revision *current = rt_study_current(inner);
    const struct rt_segment *segment;

    if (from < inner->first_waiting)
        from = inner->first_waiting;
    while (current && (segment = rt_segments_seek(&current->map, from)) != NULL) {
        uint64_t first = segment->ordinal > from ? segment->ordinal : from;
        uint64_t last = segment->ordinal + segment->count - 1;
        uint64_t found = rt_trials_waiting(&inner->trials, first, last);
        const struct rt_trials_page *page = inner->trials.pages[(last - 1) / RT_PAGE_TRIALS];

        if (found)
            return found;
        from = page && page->waiting == 0 ? page_end(last) + 1 : last + 1;
    }
    return 0;
}
