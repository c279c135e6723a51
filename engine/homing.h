#ifndef RT_ENGINE_HOMING_H
#define RT_ENGINE_HOMING_H
/*
 * The store of a launch: as it is, or hot with a home to which it is
 * published while the launch lasts. docs/home.md.
 */
#include "engine/run.h"
#include "engine/serve.h"
#include "store/claim.h"
#include "store/publisher.h"
#include "store/store.h"

struct rt_homing {
    struct rt_claim *claim; /* NULL: there is no home */
    struct rt_publisher *publisher;
    char *home;
    char *hot;
    bool failing; /* as was told last; so is */
    uint64_t seq;
    bool lost; /* another host has taken the home over: the launch is to stop */
};

/* Opens the store that a launch writes to; makes one, and a home, if `create`. `path` is where
 * it would be without a home. */
int rt_homing_open(const struct rt_run_options *options, const char *path, bool create,
                   struct rt_homing *homing, struct rt_store **store, struct rt_err *err);

/* Begins to publish, what is durable by now at once; nothing without a home. */
int rt_homing_start(struct rt_homing *homing, struct rt_store *store, struct rt_err *err);

/* Tells when publishing begins to fail, and when it works again; cheap. */
void rt_homing_look(struct rt_homing *homing, const struct rt_run_options *options,
                    struct rt_serve *serve);

/* Publishes what is left, closes the store (which may be NULL), and gives the home back. */
int rt_homing_close(struct rt_homing *homing, struct rt_store *store, struct rt_err *err);

#endif
