#include "cli/ends.h"

#include "base/alloc.h"
#include "base/escape.h"
#include "cli/verdicts.h"
#include "replay/batch.h"
#include "replay/stopped.h"

#include <stdio.h>
#include <stdlib.h>

static int gravity(int rc)
{
    static const int known[] = {0, RT_ETRIALS, RT_ECONFLICT, RT_EUSAGE};
    int grave = 0;

    while (grave < 4 && known[grave] != rc)
        grave++;
    return grave;
}

static int graver(int a, int b)
{
    return gravity(b) > gravity(a) ? b : a;
}

bool rt_ends_go_on(int rc)
{
    return gravity(rc) <= gravity(RT_EUSAGE);
}

int rt_ends_join(int rc, int next, const struct rt_err *own, struct rt_err *err)
{
    int kept = graver(rc, next);
    const struct rt_err *other = kept == rc ? own : err;

    if ((kept == rc ? next : rc) == RT_EUSAGE && other->text[0]) {
        char *shown = rt_escaped(other->text);

        fprintf(stderr, "%s\n", shown);
        free(shown);
    }
    if (kept != rc)
        *err = *own;
    return kept;
}

/* A replay that was launched, or is to be. */
struct part {
    char *id;
    bool left;
    int rc; /* of its trials */
};

static int trials_of(const struct rt_study *study)
{
    uint64_t good = study->done[RT_OUTCOME_OK] + study->done[RT_OUTCOME_PRUNED] +
                    study->done[RT_OUTCOME_SKIPPED];

    return good < study->planned ? RT_ETRIALS : 0;
}

static int look_at(struct rt_db *index, const struct rt_study *study, int ended, struct part *part,
                   struct rt_err *err)
{
    char *why = NULL;
    int rc = rt_batch_study_over(index, study, err);

    part->id = rt_strdup(study->id);
    if (rc > 0) {
        part->rc = trials_of(study);
        return 0;
    }
    if (rc == 0 && (rc = rt_stopped_why(index, study, &why, err)) == 0) {
        part->left = why == NULL;
        part->rc = ended < 0 && ended != RT_EINTERRUPTED ? ended : RT_EUSAGE;
    }
    free(why);
    return rc;
}

/* The parts, and how many; none if the launch was one of another study. */
static int find_parts(const char *path, uint32_t launch, bool batch, int ended, struct part **parts,
                      size_t *count, struct rt_err *err)
{
    struct rt_store *store;
    struct rt_db *index = NULL;
    uint32_t *studies = NULL;
    int rc = rt_store_open(path, RT_STORE_READ, &store, err);

    if (rc < 0)
        return rc;
    if ((rc = rt_verdicts_index(store, &index, err)) == 0)
        rc = rt_batch_of_launch(rt_store_state(store), index, launch, batch, &studies, err);
    for (size_t i = 0; rc == 0 && studies && studies[i]; i++) {
        const struct rt_study *study = rt_state_study(rt_store_state(store), studies[i]);

        if (!rt_replay_of(study))
            break;
        *parts = rt_realloc(*parts, (*count + 1) * sizeof **parts);
        (*parts)[*count] = (struct part){NULL, false, 0};
        rc = look_at(index, study, ended, &(*parts)[(*count)++], err);
    }
    free(studies);
    rt_db_close(index);
    rt_store_close(store, NULL);
    return rc;
}

static int judge(const char *path, const struct part *part, struct rt_ends *out, struct rt_err *err)
{
    struct rt_verdicts_end end;
    struct rt_err own = {0};
    int rc = rt_verdicts_after(path, part->id, false, &end, err);

    if (rc == 0)
        out->rc = graver(out->rc, rt_verdicts_conclusion(&end, part->rc, &own));
    return rc;
}

int rt_ends_of_launch(const char *store, uint32_t launch, bool batch, int ended,
                      struct rt_ends *out, struct rt_err *err)
{
    struct part *parts = NULL;
    size_t count = 0;
    int rc = find_parts(store, launch, batch, ended, &parts, &count, err);

    *out = (struct rt_ends){.known = rc == 0 && count > 0};
    for (size_t i = 0; i < count; i++) {
        out->left += parts[i].left;
        if (rc == 0 && !parts[i].left)
            rc = judge(store, &parts[i], out, err);
        free(parts[i].id);
    }
    free(parts);
    return rc;
}
