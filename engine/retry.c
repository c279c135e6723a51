#include "engine/retry.h"

#include "base/alloc.h"
#include "store/moves.h"

#include <stdlib.h>
#include <string.h>

#define ALL                                                                                        \
    (1u << RT_OUTCOME_FAILED | 1u << RT_OUTCOME_CRASHED | 1u << RT_OUTCOME_TIMEOUT |               \
     1u << RT_OUTCOME_LOST)

static int add_kind(const char *word, size_t size, unsigned *outcomes, struct rt_err *err)
{
    char *kind = rt_strndup(word, size);
    enum rt_outcome outcome = RT_OUTCOME_NONE;
    unsigned bits = 0;

    if (strcmp(kind, "all") == 0)
        bits = ALL;
    else if (rt_outcome_from_name(kind, &outcome) == 0)
        bits = 1u << outcome & ALL;
    *outcomes |= bits;
    if (!bits)
        rt_err_set(err, RT_EUSAGE,
                   "--retry takes failed, crashed, timeout, lost or all, with commas between, not "
                   "\"%s\"",
                   kind);
    free(kind);
    return bits ? 0 : RT_EUSAGE;
}

int rt_retry_parse(const char *text, unsigned *outcomes, struct rt_err *err)
{
    int rc = 0;

    *outcomes = 0;
    for (const char *word = text; rc == 0 && word; word = strchr(word, ',')) {
        word += *word == ',';
        rc = add_kind(word, strcspn(word, ","), outcomes, err);
    }
    return rc;
}

/* Done, without success, and not so often that no further attempt can be numbered. */
static bool can_be_retried(const struct rt_study *study, uint64_t ordinal)
{
    struct rt_trial trial = rt_state_trial(study, ordinal);

    return trial.status == RT_TRIAL_DONE && !rt_outcome_success(trial.outcome) &&
           trial.attempts < RT_ATTEMPTS_MAX;
}

static bool is_chosen(const struct rt_study *study, uint64_t ordinal, unsigned outcomes)
{
    return can_be_retried(study, ordinal) &&
           (outcomes >> rt_state_trial(study, ordinal).outcome & 1u);
}

/* Whether there is any, without looking at all trials. */
static bool has_any(const struct rt_study *study, unsigned outcomes)
{
    for (unsigned i = 0; i < RT_OUTCOMES; i++)
        if (outcomes >> i & 1u && study->done[i])
            return true;
    return false;
}

uint64_t rt_retry_count(const struct rt_study *study, unsigned outcomes)
{
    uint64_t count = 0;

    for (uint64_t i = 1; has_any(study, outcomes) && i <= study->ordinals; i++)
        count += is_chosen(study, i, outcomes);
    return count;
}

static void enqueue(struct rt_retry *retry, uint64_t ordinal)
{
    if (retry->first && retry->first + retry->queued == retry->queue_capacity) {
        memmove(retry->queue, retry->queue + retry->first, retry->queued * sizeof *retry->queue);
        retry->first = 0;
    }
    retry->queue = rt_grow(retry->queue, &retry->queue_capacity, retry->first + retry->queued + 1,
                           sizeof *retry->queue);
    retry->queue[retry->first + retry->queued++] = ordinal;
}

static void drop_first(struct rt_retry *retry)
{
    retry->first++;
    if (--retry->queued == 0)
        retry->first = 0;
}

void rt_retry_init(struct rt_retry *retry, const struct rt_study *study, unsigned outcomes)
{
    uint64_t attempts = 1 + (uint64_t)rt_plan_retries(study->plan);

    *retry = (struct rt_retry){0};
    for (uint64_t i = 1; has_any(study, outcomes) && i <= study->ordinals; i++) {
        if (!is_chosen(study, i, outcomes))
            continue;
        retry->chosen =
            rt_grow(retry->chosen, &retry->capacity, retry->count + 1, sizeof *retry->chosen);
        retry->chosen[retry->count++] = (struct rt_retried){i, attempts};
        enqueue(retry, i);
    }
}

void rt_retry_clear(struct rt_retry *retry)
{
    free(retry->chosen);
    free(retry->queue);
    *retry = (struct rt_retry){0};
}

static int compare(const void *a, const void *b)
{
    uint64_t x = ((const struct rt_retried *)a)->ordinal;
    uint64_t y = ((const struct rt_retried *)b)->ordinal;

    return x < y ? -1 : x > y;
}

static struct rt_retried *find(const struct rt_retry *retry, uint64_t ordinal)
{
    struct rt_retried key = {ordinal, 0};

    if (retry->count == 0)
        return NULL;
    return bsearch(&key, retry->chosen, retry->count, sizeof key, compare);
}

/* A trial may stand in the queue twice, and may have been leased without it. */
static bool is_due(const struct rt_retry *retry, const struct rt_study *study, uint64_t ordinal)
{
    return find(retry, ordinal)->left > 0 && can_be_retried(study, ordinal);
}

uint64_t rt_retry_next(struct rt_retry *retry, const struct rt_study *study)
{
    while (retry->queued && !is_due(retry, study, retry->queue[retry->first]))
        drop_first(retry);
    return retry->queued ? retry->queue[retry->first] : 0;
}

void rt_retry_leased(struct rt_retry *retry)
{
    drop_first(retry);
}

void rt_retry_failed(struct rt_retry *retry, uint64_t ordinal)
{
    struct rt_retried *retried = find(retry, ordinal);

    if (retried && retried->left && --retried->left)
        enqueue(retry, ordinal);
}

void rt_retry_returned(struct rt_retry *retry, uint64_t ordinal)
{
    if (find(retry, ordinal))
        enqueue(retry, ordinal);
}

size_t rt_retry_waiting(const struct rt_retry *retry)
{
    return retry->queued;
}
