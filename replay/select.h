#ifndef RT_REPLAY_SELECT_H
#define RT_REPLAY_SELECT_H
/*
 * Which recorded trials are meant: by study, by id, by SQL over the view of
 * their study, by how they ended, by the code they ran, the best, or some at
 * random. Only trials of which an attempt ended are chosen: the others have
 * nothing to be compared with, and are counted.
 */
#include "store/db.h"
#include "store/store.h"

/* A recorded trial of this store. */
struct rt_pick {
    const struct rt_study *study; /* borrowed from the store's state */
    uint64_t ordinal;
};

struct rt_picks {
    struct rt_pick *items; /* by study, then by ordinal */
    size_t count;
    size_t capacity;
    uint64_t waiting; /* that were meant, but have not ended an attempt */
    uint64_t retired; /* of earlier plans of studies that were named, left out */
};

/* All that is given holds together: `where` and `outcome` and `code`, of these the best, of those a
 * sample. */
struct rt_selection {
    char *const *names;  /* studies, and trials such as k3f9.17, ended by NULL; with none, the one
                          * study of the store that is no replay */
    const char *where;   /* SQL over the view of each study; NULL: all, and so below */
    const char *outcome; /* "failed", or several with commas between */
    const char *code;    /* what they ran: beginning of a commit or of a code state */
    uint64_t best;       /* so many by the objective of their study; 0: all */
    uint64_t sample;     /* so many at random, the same ones each time; 0: all */
};

/* RT_EUSAGE with what is wrong in it; RT_ENOTFOUND if a study or trial is not there. Nothing chosen
 * is no error. Clear the picks in any case. */
int rt_select(struct rt_store *store, struct rt_db *index, const struct rt_selection *selection,
              struct rt_picks *picks, struct rt_err *err);
void rt_picks_add(struct rt_picks *picks, const struct rt_study *study, uint64_t ordinal);
void rt_picks_clear(struct rt_picks *picks);

/* What is selected from, and how, with ids for names: equal selections are equal objects. Yours.
 * RT_EUSAGE or RT_ENOTFOUND as above. */
int rt_selection_json(const struct rt_state *state, const struct rt_selection *selection,
                      struct rt_json **out, struct rt_err *err);

#endif
