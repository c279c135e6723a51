/* What is to be said of a trial whose worker is gone. */
#include "engine/pool_own.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "engine/capture.h"
#include "engine/ended.h"
#include "engine/worker.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FALSE_STARTS_MAX 3
#define SAID_MAX         600         /* bytes of stderr quoted in a reason */
#define OURS             "retrial: " /* how rt_talk_give_up() begins */

/* Appends the last words of a worker that gave up: behind what its earlier trials have printed. */
static void put_last_words(const struct rt_slot *slot, struct rt_buf *reason)
{
    uint64_t size = rt_capture_size(slot->files[1]);
    uint64_t base = size > SAID_MAX ? size - SAID_MAX : 0;
    uint64_t own = rt_ring_base(slot->ring, 1);
    struct rt_buf text = RT_BUF_INIT;
    size_t skip = 0;
    uint64_t head;

    if (own > base && own <= size)
        base = own;
    rt_capture_read(slot->files[1], base, size, SAID_MAX, &text, &head);
    if (text.size && text.data[text.size - 1] == '\n')
        text.size--;
    if (text.size > sizeof OURS - 1 && memcmp(text.data, OURS, sizeof OURS - 1) == 0)
        skip = sizeof OURS - 1;
    if (text.size) {
        rt_buf_add(reason, ": ");
        rt_buf_put(reason, text.data + skip, text.size - skip);
    }
    rt_buf_clear(&text);
}

static bool gave_up(int status)
{
    return WIFEXITED(status) && WEXITSTATUS(status) == RT_WORKER_BROKEN;
}

/* Outcome, status and reason from how the process ended. */
static void judge(const struct rt_slot *slot, int status, struct rt_attempt *attempt,
                  struct rt_buf *reason)
{
    if (slot->verdict != RT_OUTCOME_NONE) {
        attempt->outcome = slot->verdict;
        rt_buf_add(reason, slot->verdict_reason);
    } else if (WIFSIGNALED(status)) {
        attempt->outcome = RT_OUTCOME_CRASHED;
        attempt->status = WTERMSIG(status);
        rt_ended_signal_text(reason, WTERMSIG(status));
    } else {
        attempt->outcome = RT_OUTCOME_FAILED;
        attempt->status = WEXITSTATUS(status);
        rt_buf_printf(reason, "the process ended without a result (exit status %d)",
                      WEXITSTATUS(status));
        if (gave_up(status))
            put_last_words(slot, reason);
    }
}

static void read_output(const struct rt_slot *slot, int stream, struct rt_buf *kept,
                        struct rt_output *output)
{
    uint64_t size = rt_capture_size(slot->files[stream]);
    uint64_t base = rt_ring_base(slot->ring, stream);

    if (base > size)
        base = 0;
    rt_capture_read(slot->files[stream], base, size, rt_plan_output_bytes(slot->brood->plan), kept,
                    &output->head);
    output->kept.data = rt_buf_span(kept);
    output->kept.size = kept->size;
    output->total = size - base;
}

static uint64_t rest(uint64_t all, uint64_t told)
{
    return all > told ? all - told : 0;
}

/* Records the attempt that the worker's end ended. */
static void end_trial(struct rt_pool *pool, struct rt_slot *slot, const struct rt_packet *packet,
                      const struct rt_waiting *trial, uint64_t since_us, uint64_t mono_us)
{
    struct rt_buf texts[3] = {RT_BUF_INIT, RT_BUF_INIT, RT_BUF_INIT};
    struct rt_attempt attempt = {.study = slot->brood->study,
                                 .ordinal = trial->ordinal,
                                 .attempt = trial->attempt,
                                 .launch = pool->options.launch,
                                 .rank = pool->options.rank,
                                 .worker = slot->number,
                                 .position = slot->position + 1,
                                 .pid = slot->pid,
                                 .duration_us = mono_us - since_us,
                                 .user_us = rest(packet->user_us, slot->user_us),
                                 .sys_us = rest(packet->sys_us, slot->sys_us),
                                 .max_rss_kib = packet->max_rss_kib,
                                 .seed = rt_plan_seed(slot->brood->plan, trial->index),
                                 .flags = rt_slot_trace(slot)};

    attempt.start_us = rt_wall_us() - attempt.duration_us;
    judge(slot, packet->status, &attempt, &texts[0]);
    attempt.reason.data = rt_buf_span(&texts[0]);
    attempt.reason.size = texts[0].size;
    read_output(slot, 0, &texts[1], &attempt.out);
    read_output(slot, 1, &texts[2], &attempt.err);
    rt_pool_put(pool, &attempt);
    rt_plan_forget(slot->brood->plan, trial->index);
    for (int i = 0; i < 3; i++)
        rt_buf_clear(&texts[i]);
}

/* True if the trial at the head is to answer for the worker's end: it was running, or several
 * workers in a row did not even come to start one. */
static bool is_to_blame(struct rt_slot *slot, uint64_t mono_us, uint64_t *since_us)
{
    if (rt_slot_running(slot, mono_us, since_us))
        return true;
    return slot->live > 0 && ++slot->brood->false_starts >= FALSE_STARTS_MAX;
}

/* Workers that cannot be made here, on a full disk say, are no fault of the trials. */
static void fail_brood(struct rt_slot *slot)
{
    struct rt_buf why = RT_BUF_INIT;

    rt_buf_add(&why, "workers cannot start here");
    put_last_words(slot, &why);
    rt_brood_fail(slot->brood, RT_EIO, rt_buf_text(&why));
    rt_buf_clear(&why);
}

void rt_slot_end(struct rt_pool *pool, struct rt_slot *slot, const struct rt_packet *packet,
                 uint64_t mono_us)
{
    struct rt_brood *brood = slot->brood;
    struct rt_waiting head;
    uint64_t since_us;
    bool blame = false;

    if (slot->ring && slot->given) {
        rt_slot_drain(pool, slot, mono_us);
        blame = is_to_blame(slot, mono_us, &since_us);
        if (blame && gave_up(packet->status) && !rt_slot_running(slot, mono_us, &since_us)) {
            fail_brood(slot);
            blame = false;
        }
        while (slot->first < slot->next && slot->given[slot->first % RT_SLOT_GIVEN].attempt == 0)
            slot->first++;
        if (blame) {
            head = slot->given[slot->first % RT_SLOT_GIVEN];
            end_trial(pool, slot, packet, &head, since_us, mono_us);
            brood->false_starts = 0;
            slot->first++;
        }
        for (uint32_t number = slot->next; number > slot->first; number--) {
            if (slot->given[(number - 1) % RT_SLOT_GIVEN].attempt)
                rt_backlog_push_front(&brood->backlog, &slot->given[(number - 1) % RT_SLOT_GIVEN]);
        }
    }
    if (!slot->forked)
        brood->starting--;
    rt_slot_clear(slot);
}
