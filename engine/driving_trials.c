/* The trials that a driver proposed, and their open ids. */
#include "engine/driving_own.h"

#include "base/alloc.h"
#include "store/moves.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PASSED_MIN 1024 /* trials that are moved out of the way at a time */

struct rt_proposed *rt_driving_add(struct rt_driving *driving, uint64_t point)
{
    size_t at = (size_t)point - driving->gone;

    assert(point >= driving->gone);
    if (at >= driving->places) {
        driving->trials =
            rt_grow(driving->trials, &driving->capacity, at + 1, sizeof(struct rt_proposed *));
        memset(&driving->trials[driving->places], 0,
               (at + 1 - driving->places) * sizeof(struct rt_proposed *));
        driving->places = at + 1;
    }
    if (!driving->trials[at])
        driving->trials[at] = rt_calloc(1, sizeof **driving->trials);
    return driving->trials[at];
}

struct rt_proposed *rt_driving_trial(const struct rt_driving *driving, uint64_t point)
{
    if (point < driving->gone || point - driving->gone >= driving->places)
        return NULL;
    return driving->trials[point - driving->gone];
}

static void free_trial(struct rt_proposed *trial)
{
    if (!trial)
        return;
    free(trial->id);
    free(trial->params);
    free(trial->result);
    rt_driving_forget_orders(trial);
    free(trial);
}

static bool is_told(const struct rt_proposed *trial)
{
    return trial && trial->told && trial->told != UINT64_MAX;
}

static void remove_told(struct rt_driving *driving, uint64_t point)
{
    struct rt_proposed *trial = rt_driving_trial(driving, point);

    if (!is_told(trial))
        return;
    free_trial(trial);
    driving->trials[point - driving->gone] = NULL;
}

/* Places of trials that were read and are gone. */
static void move_up(struct rt_driving *driving)
{
    size_t read = driving->count - driving->gone;

    while (driving->passed < read && driving->passed < driving->places &&
           !driving->trials[driving->passed])
        driving->passed++;
    if (driving->passed < PASSED_MIN || driving->passed < driving->places - driving->passed)
        return;
    driving->places -= driving->passed;
    memmove(driving->trials, driving->trials + driving->passed,
            driving->places * sizeof(struct rt_proposed *));
    driving->gone += driving->passed;
    driving->passed = 0;
}

/* All of its group, which has been told. */
static void remove_group(struct rt_driving *driving, uint64_t first)
{
    const struct rt_proposed *trial;

    for (uint64_t at = first;
         (trial = rt_driving_trial(driving, at)) && trial->behind == at - first; at++)
        remove_told(driving, at);
}

void rt_driving_let_go(struct rt_driving *driving, uint64_t point)
{
    struct rt_proposed *trial = rt_driving_trial(driving, point);
    const struct rt_proposed *first =
        trial ? rt_driving_trial(driving, point - trial->behind) : NULL;

    if (!is_told(trial))
        return;
    if (first && first->left) { /* the group is still known by its id */
        free(trial->params);
        free(trial->result);
        rt_driving_forget_orders(trial);
        trial->params = trial->result = NULL;
        return;
    }
    if (trial->earlier || trial->orphan)
        remove_told(driving, point);
    else
        remove_group(driving, point - trial->behind);
    move_up(driving);
}

void rt_driving_drop_all(struct rt_driving *driving)
{
    for (size_t i = 0; i < driving->places; i++)
        free_trial(driving->trials[i]);
    driving->count = driving->gone = driving->passed = driving->places = 0;
    free(driving->ids);
    driving->ids = NULL;
    driving->id_count = driving->id_capacity = 0;
}

void rt_driving_prefer(struct rt_driving *driving, uint64_t ordinal, int32_t priority)
{
    struct rt_proposed *trial = rt_driving_trial(driving, rt_study_index(driving->study, ordinal));

    if (trial)
        trial->priority = priority;
    driving->options.prefer(driving->options.context, ordinal, priority);
}

void rt_driving_prefer_again(struct rt_driving *driving)
{
    for (size_t i = driving->gone; i < driving->gone + driving->places; i++) {
        const struct rt_proposed *trial = rt_driving_trial(driving, i);
        uint64_t ordinal = rt_study_ordinal(driving->study, i);

        if (trial && trial->priority &&
            rt_state_trial(driving->study, ordinal).status != RT_TRIAL_DONE)
            rt_driving_prefer(driving, ordinal, trial->priority);
    }
}

static void put_text(struct rt_buf *out, struct rt_span text)
{
    struct rt_json *json = rt_json_new_string_span(text);

    rt_json_canonical(json, out);
    rt_json_free(json);
}

static void set_result(struct rt_proposed *trial, struct rt_buf *text, bool good, uint64_t seq)
{
    free(trial->result);
    trial->result = rt_buf_take(text);
    trial->good = good;
    trial->seq = seq;
}

void rt_driving_note(struct rt_driving *driving, uint64_t point, const struct rt_attempt *attempt,
                     struct rt_span metrics, struct rt_span reason, uint64_t seq)
{
    struct rt_proposed *trial = rt_driving_trial(driving, point);
    bool good = rt_outcome_success(attempt->outcome);
    struct rt_buf text = RT_BUF_INIT;

    if (!trial || (trial->result && (trial->good || (attempt->flags & RT_ATTEMPT_LATE && !good))))
        return;
    rt_buf_printf(&text, "\"outcome\":\"%s\",\"metrics\":", rt_outcome_name(attempt->outcome));
    if (metrics.size)
        rt_buf_put(&text, metrics.data, metrics.size);
    else
        rt_buf_add(&text, "null");
    rt_buf_add(&text, ",\"reason\":");
    if (reason.size)
        put_text(&text, reason);
    else
        rt_buf_add(&text, "null");
    rt_buf_printf(&text, ",\"seconds\":%" PRIu64 ".%06" PRIu64, attempt->duration_us / 1000000,
                  attempt->duration_us % 1000000);
    set_result(trial, &text, good, seq);
}

void rt_driving_note_skipped(struct rt_driving *driving, uint64_t point, const char *why,
                             uint64_t seq)
{
    struct rt_buf text = RT_BUF_INIT;

    rt_buf_add(&text, "\"outcome\":\"skipped\",\"metrics\":null,\"reason\":");
    put_text(&text, rt_span_text(why));
    rt_buf_add(&text, ",\"seconds\":0.0");
    set_result(rt_driving_trial(driving, point), &text, true, seq);
}

/* FNV-1a: ids are the driver's own, and no stranger's. */
static size_t hash_of(const char *id)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * UINT64_C(1099511628211);
    return (size_t)(hash ^ hash >> 32);
}

static const char *id_at(const struct rt_driving *driving, size_t place)
{
    return rt_driving_trial(driving, place - 1)->id;
}

/* Where an id is, or the empty place where it belongs. */
static size_t place_of(const struct rt_driving *driving, const char *id)
{
    size_t at = hash_of(id) & (driving->id_capacity - 1);

    while (driving->ids[at] && strcmp(id_at(driving, driving->ids[at]), id) != 0)
        at = (at + 1) & (driving->id_capacity - 1);
    return at;
}

static void make_room(struct rt_driving *driving)
{
    size_t *old = driving->ids;
    size_t capacity = driving->id_capacity;

    if (2 * (driving->id_count + 1) <= capacity)
        return;
    driving->id_capacity = capacity ? 2 * capacity : 64;
    driving->ids = rt_calloc(driving->id_capacity, sizeof *driving->ids);
    for (size_t i = 0; i < capacity; i++) {
        if (old[i])
            driving->ids[place_of(driving, id_at(driving, old[i]))] = old[i];
    }
    free(old);
}

void rt_driving_count_left(struct rt_driving *driving, uint64_t first, uint64_t count)
{
    struct rt_proposed *head = rt_driving_trial(driving, first);

    if (!head)
        return;
    head->left = 0;
    for (uint64_t i = 0; i < count && first + i < driving->count; i++) {
        struct rt_proposed *trial = rt_driving_trial(driving, first + i);

        if (!trial)
            continue;
        trial->behind = (uint32_t)i;
        head->left += !is_told(trial);
    }
}

uint64_t rt_driving_group(const struct rt_driving *driving, uint64_t point, uint64_t *count)
{
    const struct rt_proposed *trial;

    for (point = point > driving->gone ? point : driving->gone; point < driving->count; point++) {
        trial = rt_driving_trial(driving, point);
        if (trial && trial->behind == 0)
            break;
    }
    for (*count = 1; point + *count < driving->count; ++*count) {
        trial = rt_driving_trial(driving, point + *count);
        if (!trial || trial->behind != *count)
            break;
    }
    return point < driving->count ? point : driving->count;
}

void rt_driving_open_id(struct rt_driving *driving, uint64_t first, uint64_t count)
{
    const struct rt_proposed *trial = rt_driving_trial(driving, first);
    size_t place;

    rt_driving_count_left(driving, first, count);
    if (trial->left == 0)
        return;
    make_room(driving);
    place = place_of(driving, trial->id);
    driving->id_count += driving->ids[place] == 0;
    driving->ids[place] = (size_t)first + 1;
}

size_t rt_driving_find_id(const struct rt_driving *driving, const char *id)
{
    size_t place;

    if (!driving->id_capacity)
        return SIZE_MAX;
    place = place_of(driving, id);
    return driving->ids[place] ? driving->ids[place] - 1 : SIZE_MAX;
}

/* What follows an emptied place may have been put there because it was taken. */
static void take_out(struct rt_driving *driving, size_t place)
{
    size_t at = place;

    driving->ids[place] = 0;
    driving->id_count--;
    for (;;) {
        size_t moved;

        at = (at + 1) & (driving->id_capacity - 1);
        if (!driving->ids[at])
            return;
        moved = driving->ids[at];
        driving->ids[at] = 0;
        driving->ids[place_of(driving, id_at(driving, moved))] = moved;
    }
}

void rt_driving_close_id(struct rt_driving *driving, uint64_t point)
{
    uint64_t group = point - rt_driving_trial(driving, point)->behind;
    struct rt_proposed *first = rt_driving_trial(driving, group);
    size_t place;

    if (!first || first->left == 0 || --first->left > 0 || !driving->id_capacity)
        return;
    place = place_of(driving, first->id);
    if (driving->ids[place] == (size_t)group + 1)
        take_out(driving, place);
}

void rt_driving_put_done(const struct rt_driving *driving, uint64_t point, struct rt_buf *out)
{
    const struct rt_proposed *trial = rt_driving_trial(driving, point);

    rt_buf_printf(out,
                  "{\"id\":%s,\"trial\":\"%s.%" PRIu64 "\",\"replicate\":%u,\"params\":", trial->id,
                  driving->study->id, rt_study_ordinal(driving->study, point),
                  (unsigned)rt_plan_replicate(driving->study->plan, point));
    rt_buf_add(out, trial->params ? trial->params : "{}");
    rt_buf_printf(out, ",%s%s}", trial->result ? trial->result : "\"outcome\":\"lost\"",
                  trial->earlier ? ",\"earlier\":true" : "");
}
