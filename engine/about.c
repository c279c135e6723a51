#include "engine/about.h"

#include "base/alloc.h"
#include "base/env.h"
#include "base/host.h"
#include "base/process.h"
#include "engine/gpus.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void set_taken(struct rt_json *object, const char *key, char *text)
{
    rt_json_set_text(object, key, text);
    free(text);
}

static struct rt_json *modules(void)
{
    struct rt_json *list = rt_json_new_array();
    const char *at = getenv("LOADEDMODULES");

    while (at && *at) {
        size_t length = strcspn(at, ":");

        if (length)
            rt_json_append(list, rt_json_new_string_span(rt_span(at, length)));
        at += length + (at[length] == ':');
    }
    return list;
}

struct rt_json *rt_about_host(void)
{
    struct rt_json *about = rt_json_new_object();
    struct rt_process self = {.start = 0};
    struct rt_json *gpus;

    rt_process_look(getpid(), &self);
    set_taken(about, "host", rt_host_name());
    rt_json_set_int(about, "pid", getpid());
    rt_json_set_int(about, "start", (int64_t)self.start);
    set_taken(about, "boot", rt_host_boot());
    set_taken(about, "system", rt_host_system());
    set_taken(about, "cpu", rt_host_cpu());
    rt_json_set_int(about, "cores", rt_host_cores());
    rt_json_set_int(about, "memory_kib", (int64_t)rt_host_memory_kib());
    rt_json_set(about, "modules", modules());
    gpus = rt_gpus_about();
    if (gpus)
        rt_json_set(about, "gpus", gpus);
    return about;
}

static struct rt_json *command(int argc, char *const *argv)
{
    struct rt_json *list = rt_json_new_array();

    for (int i = 0; i < argc; i++) {
        char *argument = rt_env_argument(argv[i], i ? argv[i - 1] : NULL);

        rt_json_append(list, rt_json_new_string(argument));
        free(argument);
    }
    return list;
}

static struct rt_json *job(void)
{
    static const struct {
        const char *variable;
        const char *system;
    } known[] = {{"SLURM_JOB_ID", "slurm"},
                 {"PBS_JOBID", "pbs"},
                 {"LSB_JOBID", "lsf"},
                 {"FLUX_JOB_ID", "flux"},
                 {"JOB_ID", "sge"}};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const char *id = getenv(known[i].variable);
        struct rt_json *object;

        if (!id || !id[0])
            continue;
        object = rt_json_new_object();
        rt_json_set_text(object, "system", known[i].system);
        rt_json_set_text(object, "id", id);
        return object;
    }
    return rt_json_new_null();
}

/* The program by the kernel's word, since argv[0] is what the caller liked it to be. */
static char *program(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path);

    return length < 0 ? rt_strdup("") : rt_strndup(path, (size_t)length);
}

struct rt_json *rt_about_launch(int argc, char *const *argv)
{
    struct rt_json *about = rt_about_host();
    char here[PATH_MAX];

    rt_json_set(about, "command", command(argc, argv));
    rt_json_set_text(about, "cwd", getcwd(here, sizeof here));
    set_taken(about, "user", rt_host_user());
    rt_json_set_text(about, "version", RETRIAL_VERSION);
    set_taken(about, "program", program());
    rt_json_set(about, "env", rt_env_record(environ));
    rt_json_set(about, "job", job());
    return about;
}
