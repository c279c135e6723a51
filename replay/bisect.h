#ifndef RT_REPLAY_BISECT_H
#define RT_REPLAY_BISECT_H
/*
 * Trials replayed with the code of a commit, and what became of them: one look of a bisection
 * (replay/bisection.h).
 */
#include "replay/verdict.h"

/* What all trials together say of a commit. */
enum rt_bisect_class {
    RT_BISECT_NONE,      /* nothing could be compared */
    RT_BISECT_SAME,      /* all are identical, or within tolerance */
    RT_BISECT_DIFFERENT, /* some are not */
    RT_BISECT_BROKEN,    /* none ended as it did */
};

struct rt_bisect_look {
    struct rt_hash code;
    enum rt_bisect_class class;
    uint64_t counts[RT_VERDICTS];
    char study[16]; /* id of the replay; "" if it could not be */
    char why[256];  /* why it could not be; "" if it could */
};

/* The code state that the trials have in common, and its record; yours. RT_EUSAGE if there is none:
 * they ran with several. */
int rt_bisect_common_code(struct rt_store *store, struct rt_db *index, const struct rt_picks *picks,
                          struct rt_json **record, struct rt_err *err);

/* Takes the code of a revision into a store that is open for writing. */
int rt_bisect_take_code(struct rt_store *store, struct rt_db *index, const struct rt_picks *picks,
                        const struct rt_json *record, const char *revision, struct rt_hash *code,
                        struct rt_err *err);

/* Records the replay with that code, unless something stands in its way (replay/obstacle.h), which
 * `why` has then; nothing runs yet. */
int rt_bisect_record(struct rt_store *store, struct rt_db *index, const struct rt_picks *picks,
                     const char *revision, struct rt_bisect_look *look, struct rt_err *err);

/* What came of it. */
int rt_bisect_judge(struct rt_store *store, struct rt_db *index,
                    const struct rt_tolerances *tolerances, struct rt_bisect_look *look,
                    struct rt_err *err);

/* "IDENTICAL", "WITHIN", "DIFFERENT", "OUTCOME CHANGED", "NOT COMPARABLE" */
const char *rt_bisect_word(const struct rt_bisect_look *look);

#endif
