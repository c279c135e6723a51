#ifndef RT_ENGINE_LINK_H
#define RT_ENGINE_LINK_H
/*
 * The link: what a running trial may say to its agent, and hear from it.
 *
 * Entries of all kinds report, keep checkpoints and ask for answers through
 * it (docs/intermediate-results.md). Calls may come from any thread of the
 * worker, and are refused in processes that a trial forks. A trial is slowed
 * down when it reports faster than reports can be recorded, and of very many
 * reports some are thinned out: neither here nor behind it do they pile up.
 * At which of its calls a trial heard something, the agent is told (engine/hearing.h); a trial
 * that is replayed hears the same at the same call.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/span.h"
#include "engine/ended.h"
#include "engine/talk.h"

struct rt_link;

/* What is known of the trial's fate. Texts are borrowed until the next call. */
struct rt_answer {
    bool stop;
    const char *reason; /* if stop */
    const char *params; /* JSON object of new parameters, or NULL; each is told once */
};

/* `folder` is the worker's own. */
struct rt_link *rt_link_new(struct rt_talk *talk, const char *folder);
void rt_link_free(struct rt_link *link);

/* Around a trial. At the end, what it was told decides with it: one that was to stop is pruned. */
/* `script` is what a replayed trial is told, as rt_plan_told() has it, or NULL. */
void rt_link_begin(struct rt_link *link, uint32_t number, uint32_t attempt,
                   const struct rt_json *script);
void rt_link_end(struct rt_link *link, struct rt_ended *ended);

/* A report. `values` are packed (store/report.h), `count` of them. All of these: RT_EUSAGE with
 * what the caller did wrong. */
int rt_link_report(struct rt_link *link, int64_t step, struct rt_span values, uint32_t count,
                   bool wait, struct rt_answer *answer, struct rt_err *err);
/* The answer that is known; with `wait`, after all reports so far were judged. */
int rt_link_answer(struct rt_link *link, bool wait, struct rt_answer *answer, struct rt_err *err);

/* Likewise, for an entry that looks when it likes, beside what the trial does. Reports that it
 * passes on for the trial ask for no answer. */
int rt_link_look(struct rt_link *link, struct rt_answer *answer, struct rt_err *err);

/* Keeps a file or a folder: copies it. With `take`, one within the worker's folder is moved. */
int rt_link_keep(struct rt_link *link, const char *path, int64_t step, bool take,
                 struct rt_err *err);
/* Where the last checkpoint of an earlier attempt is; NULL: there is none. Borrowed. */
int rt_link_restore(struct rt_link *link, const char **path, struct rt_err *err);

/* For an entry that waits for something else as well: the descriptor to poll, if true; then
 * awake() follows. False: there is news, ask for the answer. */
bool rt_link_sleep(struct rt_link *link, int *fd);
void rt_link_awake(struct rt_link *link);

/* The same as one question and one answer in JSON, for interpreters:
 *   {"report": {"step": 3, "metrics": {..}, "wait": false}}, {"answer": {"wait": true}},
 *   {"keep": {"path": text, "step": 3 or null}}, {"restore": {}}
 * is answered by {"stop": text or null, "params": {..} or null}, {}, {"path": text or null},
 * or {"error": text}. */
void rt_link_ask_json(struct rt_link *link, struct rt_span question, struct rt_buf *answer);

#endif
