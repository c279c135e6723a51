/* Entries that are C functions in a shared library; door to dlopen() for models. */
#include "engine/entry.h"
#include "engine/model_api.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAND_STATE       128 /* bytes; what srand() uses */
#define RAND_STATE_LEAST 8   /* the least that glibc takes, soon filled */

struct c_entry {
    struct rt_entry base;
    void *library;
    rt_model_fn *function;
    bool seeded;
    uint32_t seed; /* that `fresh` is the state for */
    _Alignas(8) char state[RAND_STATE];
    _Alignas(8) char fresh[RAND_STATE];
    _Alignas(8) char other[RAND_STATE_LEAST];
};

/* Seeds rand() and random(). glibc's srand() takes a microsecond, and most trials in a row have
 * the same seed: the state is kept. setstate() writes into the state that it leaves, so another one
 * is entered while ours is replaced. */
static void seed_rand(struct c_entry *self, uint32_t seed)
{
    if (!self->seeded || self->seed != seed) {
        initstate(seed, self->state, RAND_STATE);
        memcpy(self->fresh, self->state, RAND_STATE);
        self->seed = seed;
        self->seeded = true;
    }
    initstate(0, self->other, RAND_STATE_LEAST);
    memcpy(self->state, self->fresh, RAND_STATE);
    setstate(self->state);
}

static void run(struct rt_entry *entry, const struct rt_call *call, struct rt_ended *ended)
{
    struct c_entry *self = (struct c_entry *)entry;

    seed_rand(self, call->seed);
    rt_model_call(self->function, call, ended);
}

static void flush(struct rt_entry *entry)
{
    (void)entry;
    fflush(stdout);
}

static void free_entry(struct rt_entry *entry)
{
    struct c_entry *self = (struct c_entry *)entry;

    dlclose(self->library);
    free(self);
}

static const struct rt_entry_ops ops = {.run = run, .flush = flush, .free = free_entry};

int rt_entry_c_load(const struct rt_entry_task *task, struct rt_entry **out, struct rt_err *err)
{
    const char *file = rt_json_get_text(task->entry, "file", "");
    const char *name = rt_json_get_text(task->entry, "function", "");
    char *path = rt_fs_join(task->folder, file);
    struct c_entry *self = rt_calloc(1, sizeof *self);
    int rc = 0;

    self->base.ops = &ops;
    self->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!self->library) {
        rc = rt_err_set(err, RT_EUSAGE, "loading the library \"%s\": %s", file, dlerror());
        goto out;
    }
    *(void **)&self->function = dlsym(self->library, name);
    if (!self->function) {
        rc = rt_err_set(err, RT_EUSAGE, "the library \"%s\" has no function \"%s\"", file, name);
        goto out;
    }
    *out = &self->base;
    self = NULL;
out:
    if (self && self->library)
        dlclose(self->library);
    free(self);
    free(path);
    return rc;
}
