#include "engine/suspects.h"

uint64_t rt_suspects_next(const struct rt_study *study, uint64_t *from)
{
    uint64_t ordinal = *from ? rt_study_next_down(study, *from) : 0;

    while (ordinal && rt_state_trial(study, ordinal).status != RT_TRIAL_WAITING)
        ordinal = rt_study_next_down(study, ordinal + 1);
    *from = ordinal ? ordinal + 1 : 0;
    return ordinal;
}

/* Half the root of n, and one at least. */
static uint64_t at_once(uint64_t n)
{
    uint64_t most = 1;

    while (4 * (most + 1) * (most + 1) <= n)
        most++;
    return most;
}

bool rt_suspects_may_run(const struct rt_state *state, const struct rt_study *study, uint32_t rank,
                         uint64_t ordinal, uint64_t given)
{
    uint64_t undecided = 0;
    uint64_t running = given;

    for (uint64_t i = rt_study_next_down(study, 1); i; i = rt_study_next_down(study, i + 1)) {
        struct rt_trial trial = rt_state_trial(study, i);

        if (rt_state_holds(state, rank, study->number, i, trial.attempts))
            return false;
        if (rt_study_down_by_launch(study, i)) {
            undecided += trial.status == RT_TRIAL_WAITING || trial.status == RT_TRIAL_LEASED;
            running += trial.status == RT_TRIAL_LEASED;
        }
    }
    return !rt_study_down_by_launch(study, ordinal) || running < at_once(undecided);
}
