#include "engine/serve.h"

#include "base/alloc.h"
#include "base/json.h"
#include "store/control.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct rt_serve {
    struct rt_store *store;
    struct rt_control *control;
    struct rt_standing standing;
    bool known;               /* standing has been set */
    struct rt_json *warnings; /* texts */
    struct rt_json *home;     /* or NULL */
    int stops;
};

struct rt_serve *rt_serve_new(struct rt_store *store)
{
    struct rt_serve *serve = rt_calloc(1, sizeof *serve);

    serve->store = store;
    serve->warnings = rt_json_new_array();
    if (rt_control_open(rt_store_path(store), &serve->control, NULL) < 0) {
        rt_json_free(serve->warnings);
        free(serve);
        return NULL;
    }
    return serve;
}

void rt_serve_free(struct rt_serve *serve)
{
    if (!serve)
        return;
    rt_control_close(serve->control);
    rt_json_free(serve->warnings);
    rt_json_free(serve->home);
    free(serve);
}

size_t rt_serve_fds(struct rt_serve *serve, struct pollfd *fds, size_t room)
{
    return serve ? rt_control_fds(serve->control, fds, room) : 0;
}

void rt_serve_standing(struct rt_serve *serve, const struct rt_standing *standing)
{
    if (!serve)
        return;
    serve->standing = *standing;
    serve->known = true;
}

void rt_serve_warn(struct rt_serve *serve, const char *text)
{
    if (serve)
        rt_json_append(serve->warnings, rt_json_new_string(text));
}

void rt_serve_home(struct rt_serve *serve, const char *home, uint64_t seq, const char *failing)
{
    if (!serve)
        return;
    rt_json_free(serve->home);
    serve->home = rt_json_new_object();
    rt_json_set_text(serve->home, "home", home);
    rt_json_set_int(serve->home, "events", (int64_t)seq);
    rt_json_set_text(serve->home, "failing", failing);
}

int rt_serve_stops(const struct rt_serve *serve)
{
    return serve ? serve->stops : 0;
}

static struct rt_json *best_json(const struct rt_standing *standing)
{
    struct rt_json *best;
    char *trial;

    if (!standing->metric || !standing->best.known)
        return rt_json_new_null();
    best = rt_json_new_object();
    trial = rt_printf("%s.%" PRIu64, standing->study_id, standing->best.ordinal);
    rt_json_set_text(best, "metric", standing->metric);
    rt_json_set(best, "value", rt_json_new_real(standing->best.value));
    rt_json_set_text(best, "trial", trial);
    free(trial);
    return best;
}

static struct rt_json *driver_json(const struct rt_standing *standing)
{
    const struct rt_driving_progress *driver = &standing->driver;
    struct rt_json *json;

    if (!standing->driven)
        return rt_json_new_null();
    json = rt_json_new_object();
    rt_json_set_int(json, "asked", (int64_t)driver->asked);
    rt_json_set(json, "limit",
                driver->limit ? rt_json_new_int((int64_t)driver->limit) : rt_json_new_null());
    rt_json_set_int(json, "in_flight", (int64_t)driver->open);
    rt_json_set_int(json, "repeated", (int64_t)driver->repeated);
    rt_json_set(json, "caught_up", rt_json_new_bool(driver->live));
    rt_json_set(json, "finished", rt_json_new_bool(driver->finished));
    rt_json_set_int(json, "memory_kib", (int64_t)driver->memory_kib);
    return json;
}

static struct rt_json *status(struct rt_serve *serve)
{
    const struct rt_standing *standing = &serve->standing;
    struct rt_json *answer = rt_json_new_object();
    struct rt_json *done = rt_json_new_object();
    struct rt_index_status index;

    rt_store_index_status(serve->store, &index);
    for (int i = RT_OUTCOME_OK; i < RT_OUTCOMES; i++) {
        if (standing->progress.done[i])
            rt_json_set_int(done, rt_outcome_name((enum rt_outcome)i),
                            (int64_t)standing->progress.done[i]);
    }
    rt_json_set_text(answer, "study", standing->study_name);
    rt_json_set_text(answer, "id", standing->study_id);
    rt_json_set_int(answer, "planned", (int64_t)standing->progress.planned);
    rt_json_set(answer, "done", done);
    rt_json_set(answer, "best", best_json(standing));
    rt_json_set(answer, "driver", driver_json(standing));
    rt_json_set_int(answer, "running", (int64_t)standing->progress.running);
    rt_json_set_int(answer, "agents", standing->progress.agents);
    rt_json_set_int(answer, "slots", standing->progress.slots);
    rt_json_set_int(answer, "elapsed_us", (int64_t)standing->elapsed_us);
    rt_json_set_int(answer, "ended", (int64_t)standing->ended);
    rt_json_set(answer, "stopping", rt_json_new_bool(standing->progress.stopping));
    rt_json_set_int(answer, "lag_us", (int64_t)index.lag_us);
    rt_json_set(answer, "warnings", rt_json_copy(serve->warnings));
    if (serve->home)
        rt_json_set(answer, "home", rt_json_copy(serve->home));
    return answer;
}

static struct rt_json *refuse(const char *why)
{
    struct rt_json *answer = rt_json_new_object();

    rt_json_set_text(answer, "error", why);
    return answer;
}

static struct rt_json *answer_one(void *context, const struct rt_json *request)
{
    struct rt_serve *serve = context;
    const char *what = rt_json_get_text(request, "do", "");
    struct rt_json *answer;

    if (strcmp(what, "status") == 0)
        return serve->known ? status(serve) : refuse("the launch is still starting");
    if (strcmp(what, "stop") != 0)
        return refuse("no such request");
    serve->stops++;
    answer = rt_json_new_object();
    rt_json_set_int(answer, "stops", serve->stops);
    return answer;
}

void rt_serve_step(struct rt_serve *serve)
{
    if (serve)
        rt_control_step(serve->control, answer_one, serve);
}
