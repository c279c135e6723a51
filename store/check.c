#include "store/check_inner.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "store/birth.h"
#include "store/lock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct part {
    const char *name;
    rt_check_part_fn *run;
} parts[] = {
    {"journal", rt_check_journal}, {"objects", rt_check_objects}, {"kept", rt_check_kept},
    {"code", rt_check_code},       {"index", rt_check_index},
};

/* Findings, kept until it is known that no writer disturbed them. */
struct findings {
    struct rt_check_finding *items;
    size_t count;
    size_t capacity;
};

static void keep(void *context, const struct rt_check_finding *finding)
{
    struct findings *findings = context;

    findings->items =
        rt_grow(findings->items, &findings->capacity, findings->count + 1, sizeof *findings->items);
    findings->items[findings->count++] = *finding;
}

/* What a writer changes as soon as it has opened a store. */
struct stamp {
    struct timespec changed;
    off_t size;
};

static struct stamp stamp_of(const char *path)
{
    char *file = rt_fs_join(path, "journal/data.mdb");
    struct stamp stamp = {{0, 0}, 0};
    struct stat info;

    if (stat(file, &info) == 0)
        stamp = (struct stamp){info.st_mtim, info.st_size};
    free(file);
    return stamp;
}

static bool is_live(const char *path)
{
    struct rt_lock_owner owner;

    return rt_lock_owner(path, &owner, NULL) > 0;
}

static void add_facts(struct rt_check_facts *sum, const struct rt_check_facts *part)
{
    sum->events += part->events;
    sum->attempts += part->attempts;
    sum->objects += part->objects;
    sum->spare_objects += part->spare_objects;
    sum->codes += part->codes;
    sum->behind += part->behind;
    sum->indexed |= part->indexed;
}

static int check_parts(const char *path, const uint8_t *uuid, bool live, struct findings *findings,
                       struct rt_check_facts *facts, struct rt_err *err)
{
    *facts = (struct rt_check_facts){.live = live};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct rt_checking checking = {.path = path, .live = live, .part = parts[i].name};
        int rc;

        memcpy(checking.uuid, uuid, RT_UUID_SIZE);
        if ((rc = rt_check_in_child(&checking, parts[i].run, keep, findings, err)) < 0)
            return rc;
        add_facts(facts, &checking.facts);
    }
    return 0;
}

/* Once without locks if nobody writes; again as readers do if a writer came meanwhile. */
static int check_all(const char *path, const uint8_t *uuid, struct findings *findings,
                     struct rt_check_facts *facts, struct rt_err *err)
{
    struct stamp before = stamp_of(path);
    bool live = is_live(path);
    struct stamp after;
    int rc = check_parts(path, uuid, live, findings, facts, err);

    if (rc < 0 || live || findings->count == 0)
        return rc;
    after = stamp_of(path);
    if (!is_live(path) && before.size == after.size &&
        before.changed.tv_sec == after.changed.tv_sec &&
        before.changed.tv_nsec == after.changed.tv_nsec)
        return 0;
    findings->count = 0;
    return check_parts(path, uuid, true, findings, facts, err);
}

/* Damage weighs most: it is lost, whatever else is to be done. */
static int worst(const struct findings *findings)
{
    static const int order[] = {RT_EDAMAGED, RT_ENEWER, RT_EIO};

    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
        for (size_t i = 0; i < findings->count; i++)
            if (findings->items[i].code == order[k])
                return order[k];
    return 0;
}

/* A store without a readable `format` cannot be looked at any further. */
static int check_format(const char *path, uint8_t *uuid, struct findings *findings,
                        struct rt_err *err)
{
    struct rt_check_finding finding = {.part = "format"};
    char *journal = rt_fs_join(path, "journal");
    bool store = rt_fs_exists(journal);
    int rc = rt_birth_read(path, uuid, err);

    free(journal);
    if (rc >= 0 || (rc == RT_ENOTFOUND && !store))
        return rc;
    finding.code = rc == RT_ENEWER || rc == RT_EIO ? rc : RT_EDAMAGED;
    snprintf(finding.what, sizeof finding.what, "%s",
             rc == RT_ENOTFOUND ? "the file \"format\" is missing" : err->text);
    snprintf(finding.remedy, sizeof finding.remedy, "%s",
             rc == RT_ENEWER ? "use a newer version of retrial" : RT_CHECK_RESTORE);
    keep(findings, &finding);
    return 1;
}

int rt_check(const char *path, rt_check_fn *each, void *context, struct rt_check_facts *facts,
             struct rt_err *err)
{
    struct findings findings = {NULL, 0, 0};
    uint8_t uuid[RT_UUID_SIZE];
    struct rt_err format = {0};
    int rc = check_format(path, uuid, &findings, &format);

    *facts = (struct rt_check_facts){0};
    if (rc < 0)
        *err = format;
    else if (rc == 0)
        rc = check_all(path, uuid, &findings, facts, err);
    for (size_t i = 0; rc >= 0 && i < findings.count; i++)
        each(context, &findings.items[i]);
    if (rc >= 0 && (rc = worst(&findings)) < 0)
        rt_err_set(err, rc, "%zu finding%s in \"%s\"", findings.count,
                   findings.count == 1 ? "" : "s", path);
    free(findings.items);
    return rc;
}

int rt_check_open_journal(const struct rt_checking *checking, struct rt_journal **out,
                          struct rt_err *err)
{
    char *folder = rt_fs_join(checking->path, "journal");
    struct rt_journal_options options = {
        .folder = folder, .still = !checking->live, .uuid = checking->uuid, .io = &rt_io_plain};
    int rc = rt_journal_open(&options, out, err);

    free(folder);
    return rc;
}
