/* Starting the program of a driver, and greeting it. */
#include "engine/driving_own.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/hash.h"
#include "engine/path.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void rt_beginning_clear(struct rt_beginning *beginning)
{
    free(beginning->state);
    free(beginning->program);
    rt_json_free(beginning->open);
    *beginning = (struct rt_beginning){0};
}

/* Our Python package: installed beside the program, or in the source tree that it was built in. */
static char *package_folder(void)
{
    static const char *const beside[] = {"../share/retrial/python", "../python"};
    char path[4096];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    char *folder;
    char *found = NULL;

    path[size > 0 ? size : 0] = '\0';
    folder = rt_fs_parent(path);
    for (size_t i = 0; i < 2 && !found; i++) {
        char *joined = rt_fs_join(folder, beside[i]);
        char *package = rt_fs_join(joined, "retrial");

        if (rt_fs_exists(package))
            found = rt_fs_absolute(joined);
        free(package);
        free(joined);
    }
    free(folder);
    return found;
}

static struct rt_json *environment(void)
{
    struct rt_json *env = rt_json_new_object();
    const char *before = getenv("PYTHONPATH");
    char *package = package_folder();
    char *path;

    if (package) {
        path = rt_printf("%s%s%s", package, before && *before ? ":" : "", before ? before : "");
        rt_json_set_text(env, "PYTHONPATH", path);
        free(path);
        path = rt_printf("%s/../r/retrial.R", package);
        rt_json_set_text(env, "RETRIAL_R", path);
        free(path);
    }
    rt_json_set_text(env, "PYTHONUNBUFFERED", "1"); /* what it prints is shown as it comes */
    if (!getenv("PYTHONHASHSEED"))
        rt_json_set_text(env, "PYTHONHASHSEED", "0"); /* sets are in the same order in a replay */
    free(package);
    return env;
}

/* SHA-256 of the file that is the program, if it is a file of the study. */
static char *program_hash(const struct rt_driving *driving)
{
    const struct rt_json *argv = rt_json_get(driving->settings, "argv");
    const char *kind = rt_json_get_text(driving->settings, "kind", "");
    const char *name = rt_json_string(rt_json_at(argv, strcmp(kind, "file") == 0));
    char hex[RT_HASH_HEX];
    struct rt_hash hash;
    char *path;
    int rc = -1;

    if (strcmp(kind, "module") == 0 || !name ||
        (strcmp(kind, "command") == 0 && !strchr(name, '/')))
        return NULL;
    path = rt_path_resolve(driving->options.folder, name);
    rc = rt_hash_file(path, &hash, NULL, NULL);
    free(path);
    return rc < 0 ? NULL : rt_strdup(rt_hash_hex(&hash, hex));
}

static int64_t capacity_of(const struct rt_driving *driving)
{
    int64_t workers = (int64_t)driving->options.workers(driving->options.context);

    return rt_json_get_int(driving->settings, "in_flight", workers > 0 ? workers : 1);
}

static struct rt_json *open_points(const struct rt_driving *driving)
{
    struct rt_json *list = rt_json_new_array();

    for (uint64_t i = 0; i < rt_plan_count(driving->study->plan); i++) {
        if (rt_state_trial(driving->study, rt_study_ordinal(driving->study, i)).status !=
            RT_TRIAL_DONE)
            rt_json_append(list, rt_json_new_int((int64_t)i));
    }
    return list;
}

/* How it is to be started now; `state` is what it saved, or NULL. */
static const char *choose(const struct rt_driving *driving, const char *state)
{
    const char *resume = rt_json_get_text(driving->settings, "resume", "replay");

    if (driving->diverged)
        return "tell";
    if (driving->options.check || driving->beginning.number == 0 ||
        (strcmp(resume, "state") == 0 && !state))
        return "replay";
    return resume;
}

/* Records the start. One that is no replay begins another conversation, as whoever reads the
 * journal later finds, too: it is read again. */
static int record_start(struct rt_driving *driving, struct rt_err *err)
{
    const char *state = rt_driving_saved(driving);
    const char *resume = choose(driving, state);
    bool fresh = driving->beginning.number == 0 || strcmp(resume, "replay") != 0;
    struct rt_json *body = rt_json_new_object();
    char *program = program_hash(driving);
    int rc;

    if (driving->beginning.program && program && strcmp(driving->beginning.program, program) != 0)
        rt_driving_say(driving, "the driver's program has changed since it last ran");
    rt_json_set_text(body, "resume", resume);
    rt_json_set_int(body, "conversation", (int64_t)driving->beginning.number + fresh);
    if (program)
        rt_json_set_text(body, "program", program);
    if (fresh) {
        rt_json_set_int(body, "capacity", capacity_of(driving));
        if (strcmp(resume, "state") == 0)
            rt_json_set_text(body, "state", state);
        if (strcmp(resume, "tell") == 0)
            rt_json_set(body, "open", open_points(driving));
    }
    free(program);
    rc = rt_driving_append(driving, "start", body, err);
    if (rc == 0 && fresh && (rc = driving->options.commit(driving->options.context, err)) == 0)
        rc = rt_driving_survey(driving, err);
    return rc;
}

static struct rt_json *open_item(const struct rt_driving *driving, uint64_t point)
{
    const struct rt_proposed *trial = rt_driving_trial(driving, point);
    struct rt_json *item = rt_json_new_object();
    struct rt_json *value;
    char *name = rt_printf("%s.%llu", driving->study->id,
                           (unsigned long long)rt_study_ordinal(driving->study, point));

    if (rt_json_parse(rt_span_text(trial->id), &value, NULL) == 0)
        rt_json_set(item, "id", value);
    if (trial->params && rt_json_parse(rt_span_text(trial->params), &value, NULL) == 0)
        rt_json_set(item, "params", value);
    rt_json_set_text(item, "trial", name);
    rt_json_set_int(item, "replicate", rt_plan_replicate(driving->study->plan, point));
    if (trial->earlier && strcmp(driving->beginning.resume, "state") == 0)
        rt_json_set(item, "earlier", rt_json_new_bool(true));
    free(name);
    return item;
}

static struct rt_json *open_list(const struct rt_driving *driving)
{
    struct rt_json *list = rt_json_new_array();

    for (size_t i = 0; i < rt_json_count(driving->beginning.open); i++) {
        uint64_t point = (uint64_t)rt_json_int(rt_json_at(driving->beginning.open, i));

        if (point < driving->count && rt_driving_trial(driving, point))
            rt_json_append(list, open_item(driving, point));
    }
    return list;
}

static void set_copy(struct rt_json *object, const char *name, const struct rt_json *value)
{
    rt_json_set(object, name, value ? rt_json_copy(value) : rt_json_new_null());
}

static void greet(struct rt_driving *driving)
{
    const struct rt_json *plan = rt_plan_json(driving->study->plan);
    const struct rt_json *settings = driving->settings;
    const struct rt_beginning *beginning = &driving->beginning;
    struct rt_json *hello = rt_json_new_object();
    struct rt_json *message = rt_json_new_object();
    char *text;

    rt_json_set_int(hello, "protocol", 1);
    rt_json_set_text(hello, "study", driving->study->name);
    rt_json_set_text(hello, "id", driving->study->id);
    set_copy(hello, "objective", rt_json_get(plan, "objective"));
    set_copy(hello, "space", rt_json_get(plan, "space"));
    set_copy(hello, "params", rt_json_get(plan, "params"));
    set_copy(hello, "seed", rt_json_get(plan, "seed"));
    rt_json_set_int(hello, "capacity", beginning->capacity);
    set_copy(hello, "in_flight", rt_json_get(settings, "in_flight"));
    set_copy(hello, "trials", rt_json_get(settings, "trials"));
    rt_json_set_text(hello, "resume", beginning->resume);
    rt_json_set_text(hello, "state", beginning->state);
    rt_json_set(hello, "open", open_list(driving));
    if (rt_json_get(settings, "args"))
        set_copy(hello, "args", rt_json_get(settings, "args"));
    else
        rt_json_set(hello, "args", rt_json_new_object());
    rt_json_set(message, "hello", hello);
    text = rt_json_text(message);
    rt_driver_send(driving->program, rt_span_text(text));
    rt_driver_send(driving->program, rt_span_text("\n"));
    free(text);
    rt_json_free(message);
}

static void show(void *context, const char *line)
{
    rt_driving_say(context, "driver: %s", line);
}

int rt_driving_begin(struct rt_driving *driving, struct rt_err *err)
{
    struct rt_driver_options options = {
        .nursery = driving->options.nursery,
        .argv = rt_json_get(driving->settings, "argv"),
        .folder = driving->options.folder,
        .printed = show,
        .context = driving,
    };
    struct rt_json *env;
    int rc;

    if (!driving->options.check && (rc = record_start(driving, err)) < 0)
        return rc;
    if ((rc = rt_driving_read_start(driving, err)) < 0)
        return rc;
    env = environment();
    options.env = env;
    rc = rt_driver_start(&options, &driving->program, err);
    rt_json_free(env);
    if (rc < 0)
        return rc;
    greet(driving);
    return rt_driving_pump(driving, err);
}
