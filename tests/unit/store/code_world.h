#ifndef RT_TESTS_CODE_WORLD_H
#define RT_TESTS_CODE_WORLD_H
/* A temporary world for tests of code states: a folder, files in it, git in it. */
#include "tests/expect.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/alloc.h"
#include "base/fs.h"
#include "store/code.h"

struct world {
    char *folder;
    char *store; /* path of code.git */
    struct rt_hash code;
    struct rt_json *record;
    const char *const *ignore; /* patterns of what is no code */
    size_t ignore_count;
};

static inline int world_start(void **state)
{
    struct world *world = rt_calloc(1, sizeof *world);
    char name[] = "/tmp/retrial-code-XXXXXX";

    assert_non_null(mkdtemp(name));
    world->folder = rt_fs_absolute(name);
    world->store = rt_fs_join(world->folder, "store/code.git");
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("HOME", world->folder, 1);
    umask(077);
    *state = world;
    return 0;
}

static inline int world_end(void **state)
{
    struct world *world = *state;

    rt_fs_remove(world->folder, NULL);
    rt_json_free(world->record);
    free(world->store);
    free(world->folder);
    free(world);
    return 0;
}

static inline char *at(struct world *world, const char *path)
{
    return rt_fs_join(world->folder, path);
}

static inline void put(struct world *world, const char *path, const char *text)
{
    char *full = at(world, path);
    char *parent = rt_fs_parent(full);
    struct rt_err err;

    expect_ok(err, rt_fs_mkdirs(parent, &err));
    expect_ok(err, rt_fs_replace(full, rt_span_text(text), 0644, &err));
    free(parent);
    free(full);
}

/* Runs a shell command in a folder of the world; it must succeed. */
__attribute__((format(printf, 3, 4))) static inline void sh(struct world *world, const char *folder,
                                                            const char *format, ...)
{
    va_list args;
    char *command;
    char *full;
    int status;

    va_start(args, format);
    command = rt_vprintf(format, args);
    va_end(args);
    full = rt_printf("cd '%s/%s' && exec >/dev/null && %s", world->folder, folder, command);
    status = system(full);
    if (status != 0)
        fail_msg("status %d: %s", status, command);
    free(full);
    free(command);
}

/* A repository with one commit of all that is in the folder. */
static inline void git_start(struct world *world, const char *folder)
{
    sh(world, folder,
       "git init -q -b main && git config user.name A && git config user.email a@b && "
       "git add -A && git commit -q -m first");
}

static inline int snapshot_of(struct world *world, const char *const *folders, size_t count,
                              struct rt_err *err)
{
    char *roots[8];
    struct rt_code_request request = {.repository = world->store,
                                      .roots = (const char *const *)roots,
                                      .count = count,
                                      .ignore = world->ignore,
                                      .ignore_count = world->ignore_count};
    int rc;

    for (size_t i = 0; i < count; i++)
        roots[i] = at(world, folders[i]);
    rt_json_free(world->record);
    world->record = NULL;
    rc = rt_code_snapshot(&request, &world->code, &world->record, err);
    for (size_t i = 0; i < count; i++)
        free(roots[i]);
    return rc;
}

static inline void snapshot(struct world *world, const char *folder)
{
    struct rt_err err;

    expect_ok(err, snapshot_of(world, &folder, 1, &err));
}

static inline const struct rt_json *root(struct world *world, size_t number)
{
    return rt_json_at(rt_json_get(world->record, "roots"), number);
}

static inline bool dirty(struct world *world)
{
    return rt_json_bool(rt_json_get(root(world, 0), "dirty"));
}

static inline const char *fact(struct world *world, const char *key)
{
    return rt_json_get_text(root(world, 0), key, NULL);
}

static inline bool names(struct world *world, const char *key, const char *path)
{
    const struct rt_json *list = rt_json_get(root(world, 0), key);

    for (size_t i = 0; i < rt_json_count(list); i++) {
        if (strcmp(rt_json_string(rt_json_at(list, i)), path) == 0)
            return true;
    }
    return false;
}

/* Whether the last snapshot has the file; if text is given, with this content. */
static inline bool has(struct world *world, const char *path, const char *text)
{
    struct rt_buf content = RT_BUF_INIT;
    struct rt_err err;
    int rc = rt_code_file(world->store, &world->code, path, &content, &err);
    bool same = rc == 0 && (!text || strcmp(rt_buf_text(&content), text) == 0);

    if (rc < 0 && rc != RT_ENOTFOUND)
        fail_msg("%s: %s", path, err.text);
    rt_buf_clear(&content);
    return same;
}

/* Unpacks the last snapshot into a folder of the world. */
static inline void unpack(struct world *world, const char *folder)
{
    struct rt_buf bundle = RT_BUF_INIT;
    char *full = at(world, folder);
    struct rt_err err;

    expect_ok(err, rt_code_bundle(world->store, &world->code, world->record, &bundle, &err));
    expect_ok(err, rt_code_unpack(rt_buf_span(&bundle), &world->code, full, &err));
    rt_buf_clear(&bundle);
    free(full);
}

#endif
