#include "replay/then.h"

#include "base/alloc.h"
#include "engine/about.h"
#include "replay/then_packages.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sql.h"

#define PLACES_MAX 256  /* launches and ranks that are looked at */
#define LOOKS_MAX  5000 /* trials, evenly spread */
#define NAMED      3

/* In the order of the columns of surroundings_of.sql, but for those of MPI, which are one fact. */
enum { HOST, CPU, MPI, VERSION, GPUS, PYTHON, MODULES, FACTS };

static const char *const names[FACTS] = {"host", "processor",   "MPI",    "retrial",
                                         "GPUs", "interpreter", "modules"};

/* The values that a fact had, each once. */
struct values {
    char **items;
    size_t count;
    size_t capacity;
};

struct rt_then {
    struct values facts[FACTS];
    struct values executables;
    struct values told; /* of agents */
    struct rt_then_packages packages;
    int64_t memory_kib; /* the least that there was; 0: not known */
};

static bool add_value(struct values *values, const char *text)
{
    for (size_t i = 0; i < values->count; i++) {
        if (strcmp(values->items[i], text) == 0)
            return false;
    }
    values->items = rt_grow(values->items, &values->capacity, values->count + 1, sizeof(char *));
    values->items[values->count++] = rt_strdup(text);
    return true;
}

static void clear_values(struct values *values)
{
    for (size_t i = 0; i < values->count; i++)
        free(values->items[i]);
    free(values->items);
}

/* "openmpi 4.1.4", of a version that may have many words. */
static char *mpi_name(const char *comm, const char *version)
{
    const char *digit = version ? strpbrk(version, "0123456789") : NULL;

    if (!comm || strcmp(comm, "local") == 0)
        return rt_strdup("none");
    return digit ? rt_printf("%s %.*s", comm, (int)strspn(digit, "0123456789.rc"), digit)
                 : rt_strdup(comm);
}

static void take_column(struct rt_stmt *stmt, int column, struct values *values)
{
    const char *text = rt_stmt_get_text(stmt, column);

    if (text && *text)
        add_value(values, text);
}

static int take_row(struct rt_stmt *stmt, struct rt_db *index, struct rt_then *then,
                    struct rt_err *err)
{
    char *mpi = mpi_name(rt_stmt_get_text(stmt, 2), rt_stmt_get_text(stmt, 3));
    const char *packages = rt_stmt_get_text(stmt, 10);
    int64_t memory = rt_stmt_get_int(stmt, 5);

    take_column(stmt, 0, &then->facts[HOST]);
    take_column(stmt, 1, &then->facts[CPU]);
    take_column(stmt, 4, &then->facts[VERSION]);
    take_column(stmt, 6, &then->facts[GPUS]);
    take_column(stmt, 7, &then->facts[PYTHON]);
    take_column(stmt, 8, &then->executables);
    take_column(stmt, 9, &then->facts[MODULES]);
    add_value(&then->facts[MPI], mpi);
    free(mpi);
    if (memory && (!then->memory_kib || memory < then->memory_kib))
        then->memory_kib = memory;
    return packages ? rt_then_packages_add(&then->packages, index, packages, err) : 0;
}

struct place {
    uint32_t launch;
    uint32_t rank;
};

static bool is_known(const struct place *places, size_t count, const struct rt_origin *origin)
{
    for (size_t i = count; i-- > 0;) {
        if (places[i].launch == origin->launch && places[i].rank == origin->rank)
            return true;
    }
    return false;
}

/* 1: where the original of a point ran; 0: that is not known here. */
static int find_place(struct rt_store *store, struct rt_origins *origins,
                      const struct rt_plan *plan, uint64_t point, struct rt_origin *out,
                      struct rt_err *err)
{
    const struct rt_study *of = NULL;
    struct rt_replay_origin origin;
    int rc;

    if (rt_replay_origin(plan, point, &origin))
        of = rt_state_study_by_id(rt_store_state(store), origin.study);
    if (!of)
        return 0;
    rc = rt_origins_attempt(origins, of, origin.ordinal, origin.attempt, out, err);
    return rc == RT_ENOTFOUND ? 0 : rc < 0 ? rc : out->launch > 0;
}

static int look(struct rt_store *store, struct rt_db *index, const struct rt_plan *plan,
                struct rt_then *then, struct rt_err *err)
{
    struct place places[PLACES_MAX];
    struct rt_origins *origins;
    struct rt_stmt *stmt;
    uint64_t step = rt_plan_levels(plan) / LOOKS_MAX + 1;
    size_t count = 0;
    int rc = rt_db_prepare(index, rt_sql_ask_surroundings_of, &stmt, NULL, err);

    rt_origins_new(index, RT_ORIGINS_PLACES, &origins);
    for (uint64_t i = 0; rc >= 0 && i < rt_plan_levels(plan) && count < PLACES_MAX; i += step) {
        struct rt_origin origin;

        rc = find_place(store, origins, plan, i, &origin, err);
        if (rc <= 0 || is_known(places, count, &origin))
            continue;
        places[count++] = (struct place){origin.launch, origin.rank};
        rt_stmt_int(stmt, ":launch", origin.launch);
        rt_stmt_int(stmt, ":rank", origin.rank);
        while (rc >= 0 && (rc = rt_stmt_step(stmt, err)) > 0)
            rc = take_row(stmt, index, then, err);
        rt_stmt_reset(stmt);
    }
    rt_stmt_free(stmt);
    rt_origins_free(origins);
    return rc < 0 ? rc : 0;
}

int rt_then_read(struct rt_store *store, struct rt_db *index, const struct rt_study *replay,
                 struct rt_then **out, struct rt_err *err)
{
    int rc;

    *out = rt_calloc(1, sizeof **out);
    if ((rc = look(store, index, replay->plan, *out, err)) < 0) {
        rt_then_free(*out);
        *out = NULL;
    }
    return rc;
}

void rt_then_free(struct rt_then *then)
{
    if (!then)
        return;
    for (size_t i = 0; i < FACTS; i++)
        clear_values(&then->facts[i]);
    clear_values(&then->executables);
    clear_values(&then->told);
    rt_then_packages_clear(&then->packages);
    free(then);
}

static void put_values(struct rt_buf *out, const struct values *values)
{
    for (size_t i = 0; i < values->count && i < NAMED; i++)
        rt_buf_printf(out, "%s%s", i ? ", " : "", values->items[i]);
    if (values->count > NAMED)
        rt_buf_printf(out, " and %zu more", values->count - NAMED);
}

static void compare(const struct rt_then *then, int fact, const char *now, struct rt_buf *out)
{
    const struct values *values = &then->facts[fact];

    if (!now || !values->count || (values->count == 1 && strcmp(values->items[0], now) == 0))
        return;
    rt_buf_printf(out, "%s%s ", out->size ? "; " : "", names[fact]);
    put_values(out, values);
    rt_buf_printf(out, " -> %s", now);
}

/* As surroundings_of.sql has it. */
static char *gpus_of(const struct rt_json *about)
{
    const struct rt_json *gpus = rt_json_get(about, "gpus");
    const struct rt_json *devices = rt_json_get(gpus, "devices");
    int64_t usable = gpus ? rt_json_get_int(gpus, "usable", 0) : 0;
    struct values models = {NULL, 0, 0};
    struct rt_buf text = RT_BUF_INIT;

    if (!usable)
        return rt_strdup("none");
    rt_buf_printf(&text, "%lld", (long long)usable);
    for (size_t i = 0; i < rt_json_count(devices); i++) {
        const char *model = rt_json_get_text(rt_json_at(devices, i), "model", NULL);

        if (model && add_value(&models, model))
            rt_buf_printf(&text, "%s%s", models.count > 1 ? ", " : " ", model);
    }
    clear_values(&models);
    return rt_buf_take(&text);
}

/* What the kernel keeps for itself may differ a little. */
static void compare_memory(const struct rt_then *then, int64_t now_kib, struct rt_buf *out)
{
    if (now_kib && now_kib < then->memory_kib - then->memory_kib / 20)
        rt_buf_printf(out, "%smemory %.1f GiB -> %.1f GiB", out->size ? "; " : "",
                      (double)then->memory_kib / (1 << 20), (double)now_kib / (1 << 20));
}

/* Another one may do as well; which one, its agent says. */
static void put_gone(const struct rt_then *then, struct rt_buf *out)
{
    for (size_t i = 0; i < then->executables.count; i++) {
        if (access(then->executables.items[i], X_OK) != 0)
            rt_buf_printf(out, "%sinterpreter %s -> gone", out->size ? "; " : "",
                          then->executables.items[i]);
    }
}

void rt_then_start(const struct rt_then *then, const struct rt_comm *comm, struct rt_buf *out)
{
    struct rt_json *about = rt_about_host();
    char *mpi = mpi_name(comm->name, comm->version);
    char *gpus = gpus_of(about);

    compare(then, HOST, comm->size > 1 ? NULL : rt_json_get_text(about, "host", NULL), out);
    compare(then, CPU, rt_json_get_text(about, "cpu", NULL), out);
    compare_memory(then, rt_json_get_int(about, "memory_kib", 0), out);
    compare(then, GPUS, gpus, out);
    compare(then, MPI, mpi, out);
    compare(then, VERSION, RETRIAL_VERSION, out);
    put_gone(then, out);
    rt_json_free(about);
    free(gpus);
    free(mpi);
}

static void compare_packages(const struct rt_then *then, const struct rt_json *python,
                             struct rt_buf *out)
{
    const struct rt_json *list = rt_json_get(rt_json_get(python, "packages"), "list");
    struct rt_buf text = RT_BUF_INIT;

    if (list)
        rt_then_packages_compare(&then->packages, list, &text);
    if (text.size)
        rt_buf_printf(out, "%spackages %s", out->size ? "; " : "", rt_buf_text(&text));
    rt_buf_clear(&text);
}

static char *modules_of(const struct rt_json *agent)
{
    const struct rt_json *list = rt_json_get(agent, "modules");
    struct rt_buf text = RT_BUF_INIT;

    for (size_t i = 0; i < rt_json_count(list); i++)
        rt_buf_printf(&text, "%s%s", i ? " " : "", rt_json_string(rt_json_at(list, i)));
    if (!text.size)
        rt_buf_add(&text, "none");
    return rt_buf_take(&text);
}

void rt_then_joined(struct rt_then *then, const struct rt_json *agent, struct rt_buf *out)
{
    const struct rt_json *python = rt_json_get(agent, "python");
    struct rt_buf text = RT_BUF_INIT;
    char *modules = modules_of(agent);
    char *now = NULL;

    if (python && rt_json_get_text(python, "version", NULL))
        now = rt_printf("%s (%s)", rt_json_get_text(python, "version", ""),
                        rt_json_get_text(python, "executable", ""));
    compare(then, PYTHON, now, &text);
    if (python)
        compare_packages(then, python, &text);
    compare(then, MODULES, modules, &text);
    if (text.size && add_value(&then->told, rt_buf_text(&text)))
        rt_buf_put(out, text.data, text.size);
    rt_buf_clear(&text);
    free(modules);
    free(now);
}
