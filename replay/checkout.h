#ifndef RT_REPLAY_CHECKOUT_H
#define RT_REPLAY_CHECKOUT_H
/*
 * A trial taken out of the store: a folder from which it runs without Retrial.
 *
 *   code/         the code roots as they were recorded: bytes, modes, links
 *   inputs/       inputs that do not lie inside the code; those that do are put there
 *   params.json   canonical
 *   trial.json    entry, seed, inputs, environment, outcome and result, as recorded, and what the
 *                 trial was told while it ran
 *   run.sh        runs it: sets the environment, and starts run.py (with trial.py, what models
 *                 may tell and ask), the program made of main.c, or the command. Reports go to
 *                 reports.jsonl; checkpoints to kept/, from where they are given to the next run
 *                 unless this one ends well
 */
#include "store/db.h"
#include "store/store.h"

/* Writes the folder, which must not be there, or be empty. *notes (yours) is an array of sentences
 * on what could not be had as it was recorded; RT_ECONFLICT if that is so of inputs (all else is
 * there then). */
int rt_checkout(struct rt_store *store, struct rt_db *db, const struct rt_study *study,
                uint64_t ordinal, const char *folder, struct rt_json **notes, struct rt_err *err);

/* Writes trial.json and what runs it. `about` is as of rt_about_trial(), with "metric" (of a bare
 * number), "import_seed", "threads", "root" and "python" (an interpreter, or null) added. */
int rt_checkout_put_run(const char *folder, const struct rt_json *about, struct rt_err *err);

#endif
