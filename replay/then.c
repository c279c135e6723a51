#include "replay/then.h"

#include "base/alloc.h"
#include "engine/about.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

#define PLACES_MAX 256  /* launches and ranks that are looked at */
#define LOOKS_MAX  5000 /* trials, evenly spread */
#define NAMED      3

enum { HOST, CPU, MPI, VERSION, FACTS };

static const char *const names[FACTS] = {"host", "processor", "MPI", "retrial"};

/* The values that a fact had, each once. */
struct values {
    char **items;
    size_t count;
    size_t capacity;
};

static void add_value(struct values *values, const char *text)
{
    for (size_t i = 0; i < values->count; i++) {
        if (strcmp(values->items[i], text) == 0)
            return;
    }
    values->items = rt_grow(values->items, &values->capacity, values->count + 1, sizeof(char *));
    values->items[values->count++] = rt_strdup(text);
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

static void take_row(struct rt_stmt *stmt, struct values then[FACTS])
{
    const char *host = rt_stmt_get_text(stmt, 0);
    const char *cpu = rt_stmt_get_text(stmt, 1);
    const char *version = rt_stmt_get_text(stmt, 4);
    char *mpi = mpi_name(rt_stmt_get_text(stmt, 2), rt_stmt_get_text(stmt, 3));

    if (host)
        add_value(&then[HOST], host);
    if (cpu)
        add_value(&then[CPU], cpu);
    if (version)
        add_value(&then[VERSION], version);
    add_value(&then[MPI], mpi);
    free(mpi);
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

static int look(struct rt_db *index, const struct rt_granted *granted, struct values then[FACTS],
                struct rt_err *err)
{
    struct place places[PLACES_MAX];
    struct rt_origins *origins;
    struct rt_stmt *stmt;
    size_t step = granted->picks.count / LOOKS_MAX + 1;
    size_t count = 0;
    int rc = rt_db_prepare(index, rt_sql_ask_surroundings_of, &stmt, NULL, err);

    rt_origins_new(index, &origins);
    for (size_t i = 0; rc >= 0 && i < granted->picks.count && count < PLACES_MAX; i += step) {
        struct rt_origin origin;

        rc = rt_origins_find(origins, granted->picks.items[i].study,
                             granted->picks.items[i].ordinal, &origin, err);
        if (rc < 0 || is_known(places, count, &origin))
            continue;
        places[count++] = (struct place){origin.launch, origin.rank};
        rt_stmt_int(stmt, ":launch", origin.launch);
        rt_stmt_int(stmt, ":rank", origin.rank);
        while ((rc = rt_stmt_step(stmt, err)) > 0)
            take_row(stmt, then);
    }
    rt_stmt_free(stmt);
    rt_origins_free(origins);
    return rc < 0 ? rc : 0;
}

static void put_values(struct rt_buf *out, const struct values *values)
{
    for (size_t i = 0; i < values->count && i < NAMED; i++)
        rt_buf_printf(out, "%s%s", i ? ", " : "", values->items[i]);
    if (values->count > NAMED)
        rt_buf_printf(out, " and %zu more", values->count - NAMED);
}

static void compare(const struct values *then, const char *fact, const char *now,
                    struct rt_buf *out)
{
    if (!now || !then->count || (then->count == 1 && strcmp(then->items[0], now) == 0))
        return;
    rt_buf_printf(out, "%s%s ", out->size ? "; " : "", fact);
    put_values(out, then);
    rt_buf_printf(out, " -> %s", now);
}

int rt_then_tell(struct rt_db *index, const struct rt_granted *granted, const struct rt_comm *comm,
                 struct rt_buf *out, struct rt_err *err)
{
    struct values then[FACTS] = {{NULL, 0, 0}};
    struct rt_json *host = rt_about_host();
    char *mpi = mpi_name(comm->name, comm->version);
    const char *const now[FACTS] = {comm->size > 1 ? NULL : rt_json_get_text(host, "host", NULL),
                                    rt_json_get_text(host, "cpu", NULL), mpi, RETRIAL_VERSION};
    int rc = look(index, granted, then, err);

    for (size_t i = 0; rc == 0 && i < FACTS; i++)
        compare(&then[i], names[i], now[i], out);
    for (size_t i = 0; i < FACTS; i++) {
        for (size_t k = 0; k < then[i].count; k++)
            free(then[i].items[k]);
        free(then[i].items);
    }
    rt_json_free(host);
    free(mpi);
    return rc;
}
