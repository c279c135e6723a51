#include "tests/unit/engine/support/rig.h"

#include "tests/expect.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#define PATIENCE_US 60000000u

static char *plan_text(const struct rig_study *study)
{
    char *metric = study->metric
                       ? rt_printf("{\"goal\":\"minimize\",\"metric\":\"%s\"}", study->metric)
                       : rt_strdup("null");
    char *text = rt_printf(
        "{\"format\":3,\"name\":\"t\",\"entry\":%s,\"axes\":%s,\"params\":%s,\"objective\":%s,"
        "\"replicates\":1,\"seed\":0,\"seeds\":\"shared\",\"each\":{\"threads\":1},"
        "\"limits\":{\"timeout_us\":%llu,\"retries\":0,\"output_bytes\":%llu,"
        "\"memory_bytes\":%llu},%s\"code\":null,\"root\":\"\"}",
        study->entry, study->axes ? study->axes : "[]", study->params ? study->params : "{}",
        metric, (unsigned long long)study->timeout_us,
        (unsigned long long)(study->output_bytes ? study->output_bytes : 65536),
        (unsigned long long)study->memory_bytes, study->fresh ? "\"isolation\":\"fresh\"," : "");

    free(metric);
    return text;
}

void rig_open(struct rig *rig, struct rt_nursery *nursery, const struct rig_study *study)
{
    struct rt_pool_options options = {study->slots ? study->slots : 1, rig->scratch, 7, 3};
    struct rt_task task = {.study = 1, .study_id = "k3f9", .checkout = study->checkout};
    struct rt_json *json = NULL;
    struct rt_err err;
    char *text = plan_text(study);

    *rig = (struct rig){.nursery = nursery};
    strcpy(rig->scratch, "/tmp/retrial-rig-XXXXXX");
    assert_non_null(mkdtemp(rig->scratch));
    expect_ok(err, rt_json_parse(rt_span_text(text), &json, &err));
    expect_ok(err, rt_plan_new(json, &rig->plan, &err));
    rig->count = rt_plan_count(rig->plan);
    rig->ended = rt_calloc(rig->count, sizeof *rig->ended);
    expect_ok(err, rt_pool_new(nursery, &options, &rig->pool, &err));
    task.plan = rig->plan;
    expect_ok(err, rt_pool_study(rig->pool, &task, &err));
    rt_json_free(json);
    free(text);
}

static void clear(struct rig_ended *ended)
{
    free(ended->result);
    free(ended->reason);
    free(ended->out);
    free(ended->err);
    *ended = (struct rig_ended){0};
}

void rig_close(struct rig *rig)
{
    rt_pool_free(rig->pool);
    rt_plan_free(rig->plan);
    for (size_t i = 0; i < rig->count; i++)
        clear(&rig->ended[i]);
    free(rig->ended);
    rt_fs_remove(rig->scratch, NULL);
}

static char *copy(const struct rt_payload *payload)
{
    char *text = rt_alloc(payload->data.size + 1);

    memcpy(text, payload->data.size ? payload->data.data : "", payload->data.size);
    text[payload->data.size] = '\0';
    return text;
}

static void keep(struct rig *rig, const struct rt_attempt *attempt)
{
    struct rig_ended *ended;

    assert_in_range(attempt->ordinal, 1, rig->count);
    ended = &rig->ended[attempt->ordinal - 1];
    assert_null(ended->result); /* one attempt each */
    ended->attempt = *attempt;
    ended->result = copy(&attempt->result);
    ended->reason = copy(&attempt->reason);
    ended->out = copy(&attempt->out.kept);
    ended->err = copy(&attempt->err.kept);
}

size_t rig_step(struct rig *rig)
{
    struct pollfd fds[16];
    size_t used = rt_pool_fds(rig->pool, fds, 16);
    uint64_t wait_us = rt_pool_wait_us(rig->pool, rt_mono_us());
    struct rt_attempt attempt;
    struct rt_reader reader;
    struct rt_span row;
    struct rt_err err;
    size_t count = 0;

    poll(fds, used, wait_us > 1000000 ? 1000 : (int)((wait_us + 999) / 1000));
    expect_ok(err, rt_pool_step(rig->pool, rt_mono_us(), &err));
    for (; rt_pool_take(rig->pool, &row); count++) {
        reader = rt_reader(row);
        rt_attempt_get(&reader, &attempt);
        expect_ok(err, rt_reader_done(&reader, "a row", &err));
        keep(rig, &attempt);
    }
    return count;
}

int rig_ready(struct rig *rig, struct rt_err *err)
{
    uint64_t limit = rt_mono_us() + PATIENCE_US;
    int rc;

    while ((rc = rt_pool_ready(rig->pool, 1, err)) == 0 && rt_mono_us() < limit)
        rig_step(rig);
    return rc;
}

static void wait_for(struct rig *rig, size_t count)
{
    uint64_t limit = rt_mono_us() + PATIENCE_US;
    struct rt_err err;

    for (size_t got = 0; got < count;) {
        got += rig_step(rig);
        if (rt_mono_us() > limit)
            fail_msg("only %zu of %zu attempts ended", got, count);
        expect_ok(err, rt_pool_ready(rig->pool, 1, &err));
    }
}

void rig_run(struct rig *rig)
{
    for (size_t i = 0; i < rig->count; i++)
        rt_pool_submit(rig->pool, 1, i + 1, i, 1);
    wait_for(rig, rig->count);
}

const struct rig_ended *rig_run_one(struct rig *rig, uint64_t index)
{
    clear(&rig->ended[index]);
    rt_pool_submit(rig->pool, 1, index + 1, index, 1);
    wait_for(rig, 1);
    return &rig->ended[index];
}

void rig_open_behaviours(struct rig *rig, struct rt_nursery *nursery, const char *values,
                         struct rig_study study)
{
    char axes[512];
    char params[64];

    snprintf(axes, sizeof axes, "[{\"key\":\"do\",\"values\":%s}]", values);
    snprintf(params, sizeof params, "{\"tag\":%d}", (int)getpid());
    study.entry = "{\"kind\":\"python\",\"file\":\"behave.py\",\"function\":\"train\"}";
    study.axes = axes;
    study.params = params;
    study.checkout = RT_TEST_MODELS;
    rig_open(rig, nursery, &study);
}

void rig_expect(const struct rig_ended *ended, enum rt_outcome outcome, const char *result,
                const char *reason)
{
    if (ended->attempt.outcome != outcome || strcmp(ended->result, result) != 0 ||
        !strstr(ended->reason, reason))
        fail_msg("trial %d ended as %s, result %.200s, reason \"%.900s\"; stderr \"%.500s\"",
                 (int)ended->attempt.ordinal, rt_outcome_name(ended->attempt.outcome),
                 ended->result, ended->reason, ended->err);
}

static pid_t parent_of(pid_t pid)
{
    char path[64];
    int parent = -1;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    file = fopen(path, "r");
    if (file && fscanf(file, "%*d (%*[^)]) %*c %d", &parent) != 1)
        parent = -1;
    if (file)
        fclose(file);
    return parent;
}

size_t rig_descendants(pid_t of, pid_t *pids, size_t room)
{
    size_t count = 0;
    DIR *proc = opendir("/proc");
    struct dirent *entry;

    assert_non_null(proc);
    while ((entry = readdir(proc)) != NULL && count < room) {
        pid_t pid = (pid_t)atoi(entry->d_name);
        pid_t above = pid;

        while (above > 1 && above != of)
            above = parent_of(above);
        if (pid != of && above == of)
            pids[count++] = pid;
    }
    closedir(proc);
    return count;
}
