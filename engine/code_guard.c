#include "engine/code_guard.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/host.h"
#include "store/code_seal.h"

#include <stdlib.h>

#define REST_US 200000u /* between two looks, at least */
#define COST    100u    /* looking takes no more than this part of the time */

struct rt_code_guard {
    struct rt_code_seal *seal; /* NULL once it was found broken */
    uint64_t due_us;
    uint64_t whole_us; /* when it was last found whole; wall clock, 0: not yet */
};

int rt_code_guard_new(struct rt_span bundle, const char *folder, struct rt_code_guard **out,
                      struct rt_err *err)
{
    struct rt_code_seal *seal;
    int rc = rt_code_seal_new(bundle, folder, &seal, err);

    if (rc < 0)
        return rc;
    *out = rt_calloc(1, sizeof **out);
    (*out)->seal = seal;
    return 0;
}

void rt_code_guard_free(struct rt_code_guard *guard)
{
    if (!guard)
        return;
    rt_code_seal_free(guard->seal);
    free(guard);
}

bool rt_code_guard_due(const struct rt_code_guard *guard, uint64_t mono_us)
{
    return guard->seal && mono_us >= guard->due_us;
}

static char *sentence(const char *path, uint64_t whole_us)
{
    char *host = rt_host_name();
    char time[RT_TIME_TEXT];
    char *text;

    if (whole_us)
        text = rt_printf(
            "a trial on %s changed the recorded code, \"%s\", and what ran there since %s "
            "may have run with it; write to relative paths, not beside __file__, or say "
            "code: {ignore: [...]} if it is no code",
            host, path, rt_time_text(whole_us, time));
    else
        text = rt_printf("importing the entry on %s changed the recorded code, \"%s\"; write to "
                         "relative paths, not beside __file__",
                         host, path);
    free(host);
    return text;
}

char *rt_code_guard_look(struct rt_code_guard *guard, uint64_t mono_us)
{
    uint64_t wall_us = rt_wall_us();
    uint64_t began_us = rt_mono_us();
    const char *path = guard->seal ? rt_code_seal_broken(guard->seal) : NULL;
    uint64_t rest_us = COST * (rt_mono_us() - began_us);
    char *text;

    guard->due_us = mono_us + (rest_us > REST_US ? rest_us : REST_US);
    if (!path) {
        guard->whole_us = wall_us;
        return NULL;
    }
    text = sentence(path, guard->whole_us);
    rt_code_seal_free(guard->seal);
    guard->seal = NULL;
    return text;
}

char *rt_code_guard_beside(const struct rt_code_guard *guard)
{
    return guard->seal ? rt_code_seal_added(guard->seal) : NULL;
}
