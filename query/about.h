#ifndef RT_QUERY_ABOUT_H
#define RT_QUERY_ABOUT_H
/*
 * Everything recorded about a trial or a study, as one JSON object. Members
 * are in the order in which people read them; what does not apply is missing.
 */
#include "store/db.h"
#include "store/store.h"

/*
 * {"trial", "study", "id", "ordinal", "status": "done"|"running"|"waiting"|"retired", "outcome",
 *  "revision" of the plan that the rest is from, "replicate", "seed", "params": {..}, "swept":
 * [..], "entry": {..}, "inputs": [..], "key": hex, "components": {"entry": hex, ...}, "code":
 * {"code": hex, "roots": [..]}, "running": {"attempt", "launch", "rank", "host"}, "attempts":
 * [{"attempt", "outcome", "decides", "late", "exit_status" or "signal", "launch", "rank", "host",
 * "worker", "position", "pid", "seed", "started", "seconds", "user_seconds", "system_seconds",
 * "max_rss_kib", "result": {..}, "reason", "stdout": {"bytes", "kept"}, "stderr": {..}}]}
 * and of what it told while it ran, see query/about_steps.h.
 */
int rt_about_trial(struct rt_store *store, struct rt_db *db, const struct rt_study *study,
                   uint64_t ordinal, struct rt_json **about, struct rt_err *err);

/*
 * {"study", "id", "trials", "done": {"ok": n, ..}, "running", "retired", "attempts", "plan": {..},
 *  "revisions": [{"revision", "accepted", "trials", "code", "source_path"}],
 *  "code": {"code": hex, "roots": [..]}, "launches": [{..}]}
 */
int rt_about_study(struct rt_db *db, const struct rt_study *study, struct rt_json **about,
                   struct rt_err *err);

#endif
