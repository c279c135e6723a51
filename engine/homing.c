#include "engine/homing.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/birth.h"
#include "store/home.h"
#include "store/home_pull.h"
#include "store/hot.h"
#include "store/uuid.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PUBLISH_US 5000000u

/* Where store and home are to be. */
struct place {
    const struct rt_run_options *options;
    bool create;
    char *home;  /* NULL: none */
    char *store; /* NULL: where the home has its hot store */
};

static void notice(const struct rt_run_options *options, char *text)
{
    if (options->notice)
        options->notice(options->context, text);
    free(text);
}

static bool is_store(const char *path)
{
    uint8_t uuid[RT_UUID_SIZE];

    return rt_birth_read(path, uuid, NULL) != RT_ENOTFOUND;
}

/* The home that a store remembers. */
static int remembered(const char *store, char **home, struct rt_err *err)
{
    struct rt_published published;
    int rc = rt_birth_check_access(store, err);

    if (rc < 0 || !is_store(store))
        return rc;
    rc = rt_published_read(store, &published, err);
    if (rc == 1 && published.home[0])
        *home = rt_strdup(published.home);
    rt_published_clear(&published);
    return rc < 0 ? rc : 0;
}

static int find_place(struct place *place, const char *path, struct rt_err *err)
{
    const struct rt_run_options *options = place->options;
    char *home = options->home ? rt_fs_absolute(options->home) : NULL;
    int rc = 0;

    if (rt_home_is(path)) {
        place->home = rt_fs_absolute(path);
        if (home && strcmp(home, place->home) != 0)
            rc = rt_err_set(err, RT_EUSAGE,
                            "\"%s\" is a home itself, and cannot have another one, \"%s\"", path,
                            home);
    } else if (place->create && !is_store(path) && rt_fs_network(path)) {
        place->home = rt_strdup(home ? home : path);
    } else {
        place->store = rt_fs_absolute(path);
        if (home)
            place->home = rt_strdup(home);
        else
            rc = remembered(place->store, &place->home, err);
    }
    free(home);
    return rc;
}

/* A home for the store that is there, or for one that is to be made. */
static int make_home(const struct place *place, struct rt_err *err)
{
    const char *network = rt_fs_network(place->home);
    uint8_t uuid[RT_UUID_SIZE];
    int rc;

    if (rt_home_is(place->home))
        return 0;
    if (place->store && !place->options->home) /* what is not mounted is not made anew elsewhere */
        return rt_err_set(err, RT_ENOTFOUND,
                          "the home \"%s\" of the store \"%s\" is not there; --home names another "
                          "place",
                          place->home, place->store);
    if (place->store && is_store(place->store))
        rc = rt_birth_read(place->store, uuid, err);
    else
        rc = rt_uuid_new(uuid, err);
    if (rc < 0 || (rc = rt_home_make(place->home, uuid, err)) < 0)
        return rc;
    if (network && !place->store)
        notice(
            place->options,
            rt_printf("\"%s\" lies on a network file system (%s): it becomes the home of a store "
                      "on a local disk, and is brought level every few seconds",
                      place->home, network));
    return 0;
}

static int open_hot(const struct place *place, struct rt_homing *homing, struct rt_store **store,
                    struct rt_err *err)
{
    const struct rt_run_options *options = place->options;
    struct rt_hot_request request = {
        .home = place->home,
        .store = place->store,
        .interval_us = options->publish_us ? options->publish_us : PUBLISH_US,
        .notice = options->notice,
        .context = options->context,
    };
    int rc;

    if ((rc = make_home(place, err)) < 0 ||
        (rc = rt_hot_open(&request, &homing->claim, &homing->hot, err)) < 0)
        return rc;
    homing->home = rt_strdup(place->home);
    return rt_store_open(homing->hot, RT_STORE_WRITE, store, err);
}

int rt_homing_open(const struct rt_run_options *options, const char *path, bool create,
                   struct rt_homing *homing, struct rt_store **store, struct rt_err *err)
{
    struct place place = {.options = options, .create = create};
    int rc = find_place(&place, path, err);

    memset(homing, 0, sizeof *homing);
    *store = NULL;
    if (rc == 0 && place.home)
        rc = open_hot(&place, homing, store, err);
    else if (rc == 0 && options->publish_us)
        rc = rt_err_set(err, RT_EUSAGE,
                        "--publish says how often a home is brought level; name one with --home");
    else if (rc == 0)
        rc = rt_store_open(path, create ? RT_STORE_CREATE : RT_STORE_WRITE, store, err);
    free(place.home);
    free(place.store);
    return rc;
}

int rt_homing_start(struct rt_homing *homing, struct rt_store *store, struct rt_err *err)
{
    if (!homing->claim || homing->publisher)
        return 0;
    return rt_publisher_start(homing->claim, store, &homing->publisher, err);
}

void rt_homing_look(struct rt_homing *homing, const struct rt_run_options *options,
                    struct rt_serve *serve)
{
    struct rt_publisher_status status;
    bool failing;

    if (!homing->publisher)
        return;
    rt_publisher_status(homing->publisher, &status);
    failing = status.failing.code != 0;
    homing->lost = status.lost;
    if (failing != homing->failing || status.seq != homing->seq)
        rt_serve_home(serve, homing->home, status.seq, failing ? status.failing.text : NULL);
    homing->seq = status.seq;
    if (failing == homing->failing)
        return;
    homing->failing = failing;
    if (failing && !status.lost)
        notice(options,
               rt_printf("publishing fails, and is tried again; what is recorded is safe on "
                         "this host: %s",
                         status.failing.text));
    else if (!failing)
        notice(options, rt_printf("publishing works again: the home has all up to event %" PRIu64,
                                  status.seq));
}

static int say_unpublished(const struct rt_homing *homing, struct rt_err *err)
{
    struct rt_err why = *err;

    if (why.code == RT_ELOCKED)
        return why.code;
    return rt_err_set(err, why.code,
                      "not all could be published to the home \"%s\": %.400s; all of it is kept in "
                      "the hot store \"%s\" on this host, where \"retrial resume\" publishes it",
                      homing->home, why.text, homing->hot);
}

int rt_homing_close(struct rt_homing *homing, struct rt_store *store, struct rt_err *err)
{
    struct rt_err closing = {0};
    int published = 0;
    int closed;
    int rc = 0;

    if (store && homing->claim && (rc = rt_store_commit(store, err)) == 0)
        rc = rt_homing_start(homing, store, err);
    if (homing->publisher && (published = rt_publisher_stop(homing->publisher, &closing)) < 0)
        published = say_unpublished(homing, &closing);
    if (rc == 0 && published < 0) {
        *err = closing;
        rc = published;
    }
    closed = rt_store_close(store, &closing);
    if (rc == 0 && closed < 0) {
        *err = closing;
        rc = closed;
    }
    closed = rt_claim_give_back(homing->claim, homing->publisher && published == 0, &closing);
    if (rc == 0 && closed < 0) {
        *err = closing;
        rc = closed;
    }
    free(homing->home);
    free(homing->hot);
    return rc;
}
