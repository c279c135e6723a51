#include "engine/notices.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

static void look_at_gpus(struct rt_notices *notices, const struct rt_progress *progress,
                         rt_notices_fn *tell, void *context)
{
    if (notices->gpus_said || notices->asks_gpus || progress->gpu_agents == 0 || progress->failure)
        return;
    notices->gpus_said = true;
    tell(context, "there are GPUs, and trials ask for none: each worker sees all of its node; to "
                  "give each trial its own, say each: {gpus: 1}");
}

static void look_at_cores(struct rt_notices *notices, const struct rt_progress *progress,
                          rt_notices_fn *tell, void *context)
{
    const struct rt_json *about = progress->bound;
    struct rt_buf text = RT_BUF_INIT;

    if (notices->bound_said || !about || progress->failure)
        return;
    notices->bound_said = true;
    rt_buf_printf(&text, "mpiexec bound a rank on %s", rt_json_get_text(about, "host", "a node"));
    if (progress->bound_agents > 1)
        rt_buf_printf(&text, " (and %u more)", progress->bound_agents - 1);
    rt_buf_printf(&text,
                  " to %lld of its %lld cores, which is all that %lld workers have there: start it "
                  "with --bind-to none, as in \"mpiexec --bind-to none -n 16 retrial run ...\"",
                  (long long)rt_json_get_int(about, "cores", 0),
                  (long long)rt_json_get_int(about, "launcher_cores", 0),
                  (long long)rt_json_get_int(about, "slots", 0));
    tell(context, rt_buf_text(&text));
    rt_buf_clear(&text);
}

static void look_at_modules(struct rt_notices *notices, const struct rt_progress *progress,
                            rt_notices_fn *tell, void *context)
{
    const struct rt_json *first = rt_json_at(progress->live, notices->live_said);
    struct rt_buf text = RT_BUF_INIT;
    size_t more;

    if (!first || progress->failure)
        return;
    more = rt_json_count(progress->live) - notices->live_said - 1;
    notices->live_said += more + 1;
    rt_buf_printf(&text, "the module %s is not of the recorded code: it was imported from %s",
                  rt_json_string(rt_json_at(first, 0)), rt_json_string(rt_json_at(first, 1)));
    if (more)
        rt_buf_printf(&text, " (and %zu more)", more);
    rt_buf_add(&text, "; a change there makes no trial run again: add its folder to \"code\", or "
                      "install it");
    tell(context, rt_buf_text(&text));
    rt_buf_clear(&text);
}

static void look_at_import(struct rt_notices *notices, const struct rt_progress *progress,
                           rt_notices_fn *tell, void *context)
{
    char *text;

    if (notices->import_said || !progress->unshared || progress->failure)
        return;
    notices->import_said = true;
    text = rt_printf("each worker imports the entry by itself, which takes time and memory: %s "
                     "(docs/entries.md tells what to do)",
                     progress->unshared);
    tell(context, text);
    free(text);
}

static void look_at_files(struct rt_notices *notices, const struct rt_progress *progress,
                          rt_notices_fn *tell, void *context)
{
    char *text;

    if (notices->beside_said || !progress->beside || progress->failure)
        return;
    notices->beside_said = true;
    text =
        rt_printf("trials wrote \"%s\" beside the recorded code, where all trials on a host share "
                  "it, and it is gone now; write to relative paths, not beside __file__",
                  progress->beside);
    tell(context, text);
    free(text);
}

static void look_at_agents(struct rt_notices *notices, const struct rt_progress *progress,
                           rt_notices_fn *tell, void *context)
{
    char *text;

    if (notices->agent_said || progress->failed_agents == 0 || progress->failure ||
        (progress->agents == 0 && !progress->stopping))
        return; /* or all of them failed, which is no notice but the launch's end */
    notices->agent_said = true;
    text = rt_printf("an agent takes no trials: %s", progress->why.text);
    tell(context, text);
    free(text);
}

/* Of several at a time the last is told, with their number. */
static void look_at_losses(struct rt_notices *notices, const struct rt_progress *progress,
                           rt_notices_fn *tell, void *context)
{
    uint32_t news = progress->lost_agents - notices->lost + (progress->back_agents - notices->back);
    char *text;

    if (news == 0)
        return;
    notices->lost = progress->lost_agents;
    notices->back = progress->back_agents;
    text = news == 1 ? rt_strdup(progress->agent_news)
                     : rt_printf("%s (and %u more agents were given up or came back)",
                                 progress->agent_news, news - 1);
    tell(context, text);
    free(text);
}

void rt_notices_look(struct rt_notices *notices, const struct rt_progress *progress,
                     rt_notices_fn *tell, void *context)
{
    look_at_gpus(notices, progress, tell, context);
    look_at_cores(notices, progress, tell, context);
    look_at_modules(notices, progress, tell, context);
    look_at_files(notices, progress, tell, context);
    look_at_import(notices, progress, tell, context);
    look_at_agents(notices, progress, tell, context);
    look_at_losses(notices, progress, tell, context);
}

static void look_at_renewal(struct rt_notices *notices, const struct rt_index_status *status,
                            rt_notices_fn *tell, void *context)
{
    if (!status->renewed || notices->renewed_said)
        return;
    notices->renewed_said = true;
    tell(context, "an older version wrote the index: it is made anew from the journal, and queries "
                  "show old results as they come into it");
}

void rt_notices_index(struct rt_notices *notices, const struct rt_index_status *status,
                      rt_notices_fn *tell, void *context)
{
    bool same = strcmp(notices->pinned_by, status->pinned_by) == 0;
    char *text;

    look_at_renewal(notices, status, tell, context);
    memcpy(notices->pinned_by, status->pinned_by, sizeof notices->pinned_by);
    notices->pinned_said = notices->pinned_said && same;
    if (!status->pinned_by[0] || !same || notices->pinned_said)
        return;
    notices->pinned_said = true;
    text = rt_printf(
        "the index waits for %s, which keeps a transaction open there; the study goes on, "
        "and queries show its results when that has ended",
        status->pinned_by);
    tell(context, text);
    free(text);
}
