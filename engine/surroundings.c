#include "engine/surroundings.h"

#include "base/alloc.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int limits[RT_SURROUNDINGS_LIMITS] = {
    RLIMIT_AS,    RLIMIT_CORE,   RLIMIT_CPU,   RLIMIT_DATA,
    RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_STACK,
};

static void put_environment(const struct rt_surroundings *kept)
{
    clearenv();
    for (size_t i = 0; i < kept->count; i++)
        putenv(kept->environment[i]);
}

void rt_surroundings_keep(struct rt_surroundings *kept)
{
    kept->count = 0;
    while (environ && environ[kept->count])
        kept->count++;
    kept->environment = rt_calloc(kept->count + 1, sizeof *kept->environment);
    for (size_t i = 0; i < kept->count; i++)
        kept->environment[i] = rt_strdup(environ[i]);
    put_environment(kept);
    umask(kept->mask = umask(0));
    for (int i = 0; i < RT_SURROUNDINGS_LIMITS; i++)
        getrlimit((__rlimit_resource_t)limits[i], &kept->limits[i]);
}

/* Every change through setenv(), putenv() or unsetenv() changes a pointer. */
static bool is_environment_kept(const struct rt_surroundings *kept)
{
    if (!environ)
        return kept->count == 0;
    for (size_t i = 0; i <= kept->count; i++) {
        if (environ[i] != kept->environment[i])
            return false;
    }
    return true;
}

void rt_surroundings_restore_rest(const struct rt_surroundings *kept)
{
    struct rlimit now;

    alarm(0);
    for (int i = 0; i < RT_SURROUNDINGS_LIMITS; i++) {
        if (getrlimit((__rlimit_resource_t)limits[i], &now) == 0 &&
            now.rlim_cur != kept->limits[i].rlim_cur) {
            now.rlim_cur = kept->limits[i].rlim_cur;
            setrlimit((__rlimit_resource_t)limits[i], &now);
        }
    }
}

bool rt_surroundings_restore_environment(const struct rt_surroundings *kept)
{
    bool changed = !is_environment_kept(kept);

    if (changed)
        put_environment(kept);
    return changed;
}

void rt_surroundings_restore(const struct rt_surroundings *kept)
{
    sigset_t none;

    umask(kept->mask);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}
