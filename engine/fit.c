#include "engine/fit.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/host.h"
#include "engine/bound.h"

#include <stdlib.h>
#include <string.h>

#define DEVICE  1000 /* permille */
#define GIB     1073741824.0
#define FIT_MAX 65536u

/* This rank among those on its node. */
struct place {
    unsigned number;
    unsigned of;
};

static int64_t asked(const struct rt_json *plan, const char *member)
{
    return rt_json_get_int(rt_json_get(plan, "each"), member, 0);
}

bool rt_fit_asks_gpus(const struct rt_json *plan)
{
    return asked(plan, "gpus_permille") > 0;
}

static bool read_place(const char *number, const char *of, struct place *place)
{
    const char *mine = getenv(number);
    const char *all = getenv(of);
    unsigned long count = all ? strtoul(all, NULL, 10) : 0;
    unsigned long own = mine ? strtoul(mine, NULL, 10) : count;

    if (own >= count || count > FIT_MAX)
        return false;
    *place = (struct place){(unsigned)own, (unsigned)count};
    return true;
}

/* By the launcher's word. SLURM_STEP_TASKS_PER_NODE may be "4(x2),3": the first is taken. */
static struct place find_place(void)
{
    struct place place = {0, 1};

    if (!read_place("OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE", &place) &&
        !read_place("MPI_LOCALRANKID", "MPI_LOCALNRANKS", &place))
        read_place("SLURM_LOCALID", "SLURM_STEP_TASKS_PER_NODE", &place);
    return place;
}

/* Whether the batch system gave each rank devices of its own. */
static bool is_shared_out(void)
{
    return getenv("SLURM_GPUS_PER_TASK") || getenv("SLURM_TRES_PER_TASK");
}

static uint32_t least(uint64_t a, uint64_t b)
{
    return (uint32_t)(a < b ? a : b);
}

static int fit_memory(const struct rt_plan *plan, const struct place *place, struct rt_fit *fit,
                      struct rt_err *err)
{
    uint64_t each = (uint64_t)asked(rt_plan_json(plan), "memory_bytes");
    uint64_t there = rt_host_memory_available() / place->of;
    char *host;

    if (each == 0 || there == 0)
        return 0;
    fit->workers = least(fit->workers, there / each);
    if (fit->workers)
        return 0;
    host = rt_host_name();
    rt_err_set(err, RT_EUSAGE,
               "each trial is to have %.2f GiB of memory, and %s has %.2f GiB%s; make each: "
               "{memory: ...} smaller, or run on a larger node",
               (double)each / GIB, host, (double)there / GIB,
               place->of > 1 ? " for each of its ranks" : "");
    free(host);
    return err->code;
}

static char *join(char *const *ids, size_t count)
{
    struct rt_buf text = RT_BUF_INIT;

    for (size_t i = 0; i < count; i++)
        rt_buf_printf(&text, "%s%s", i ? "," : "", ids[i]);
    return rt_buf_take(&text);
}

/* Whole devices: each worker has the next ones. Parts: workers go round, so that few of them
 * have a device to themselves. */
static void give_devices(struct rt_fit *fit, size_t whole)
{
    fit->devices = rt_calloc(fit->workers, sizeof *fit->devices);
    for (size_t i = 0; i < fit->workers; i++)
        fit->devices[i] = whole ? join(fit->gpus.ids + i * whole, whole)
                                : rt_strdup(fit->gpus.ids[i % fit->gpus.count]);
}

static int too_few(const struct rt_fit *fit, int64_t permille, const struct place *place,
                   struct rt_err *err)
{
    char *host = rt_host_name();

    rt_err_set(err, RT_EUSAGE,
               "each trial is to have %g GPU%s, and %s has %zu%s (by %s); ask for fewer with each: "
               "{gpus: ...}, run on another node, or name them in CUDA_VISIBLE_DEVICES",
               (double)permille / DEVICE, permille > DEVICE ? "s" : "", host, fit->gpus.count,
               place->of > 1 ? " for this rank" : "", fit->gpus.source);
    free(host);
    return err->code;
}

static int fit_gpus(const struct rt_plan *plan, const struct place *place, struct rt_fit *fit,
                    struct rt_err *err)
{
    int64_t permille = asked(rt_plan_json(plan), "gpus_permille");
    size_t whole = permille < DEVICE ? 0 : (size_t)(permille + DEVICE - 1) / DEVICE;
    uint64_t room;

    if (permille <= 0)
        return 0;
    rt_gpus_find(&fit->gpus);
    if (!is_shared_out())
        rt_gpus_share(&fit->gpus, place->number, place->of);
    room = whole ? fit->gpus.count / whole : fit->gpus.count * (DEVICE / (uint64_t)permille);
    if (room == 0)
        return too_few(fit, permille, place, err);
    fit->workers = least(fit->workers, room);
    give_devices(fit, whole);
    return 0;
}

int rt_fit_find(const struct rt_plan *plan, uint32_t most, struct rt_fit *fit, struct rt_err *err)
{
    struct place place = find_place();
    uint32_t cores = rt_host_cores() / rt_plan_threads(plan);
    unsigned launcher = rt_bound_launcher_cores();
    int rc;

    *fit = (struct rt_fit){.workers = most ? most : cores ? cores : 1};
    if (rt_bound_matters(rt_host_cores(), launcher, place.of, most, rt_plan_threads(plan)))
        fit->launcher_cores = launcher;
    if ((rc = fit_memory(plan, &place, fit, err)) < 0 ||
        (rc = fit_gpus(plan, &place, fit, err)) < 0)
        rt_fit_clear(fit);
    return rc;
}

void rt_fit_clear(struct rt_fit *fit)
{
    for (size_t i = 0; fit->devices && i < fit->workers; i++)
        free(fit->devices[i]);
    free(fit->devices);
    rt_gpus_clear(&fit->gpus);
    *fit = (struct rt_fit){.workers = 0};
}

struct rt_json *rt_fit_devices(const struct rt_fit *fit)
{
    struct rt_json *object;
    struct rt_json *variables;
    struct rt_json *of;

    if (!fit->devices)
        return NULL;
    object = rt_json_new_object();
    variables = rt_json_new_array();
    of = rt_json_new_array();
    for (size_t i = 0; i < RT_GPUS_VARIABLES && fit->gpus.variables[i]; i++)
        rt_json_append(variables, rt_json_new_string(fit->gpus.variables[i]));
    for (size_t i = 0; i < fit->workers; i++)
        rt_json_append(of, rt_json_new_string(fit->devices[i]));
    rt_json_set(object, "variables", variables);
    rt_json_set(object, "of", of);
    rt_json_set(object, "counted", rt_json_new_bool(fit->gpus.counted));
    return object;
}
