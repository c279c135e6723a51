#include "replay/code.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/accept.h"
#include "engine/leave_out.h"
#include "engine/path.h"
#include "query/about_plan.h"
#include "replay/obstacle.h"
#include "store/code_commit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "sql.h"

#define STATE_MIN 6 /* digits of a code state, lest a branch is taken for one */

/* What stands for one recorded state. */
struct known {
    const char *recorded; /* borrowed from a plan */
    struct rt_hash *code; /* NULL: as recorded, or it failed */
    char *entry;          /* that was looked for; NULL: none was */
    struct rt_err err;    /* code 0: it did not */
};

struct rt_codes {
    struct rt_store *store;
    struct rt_db *index;
    const char *wanted;
    bool look;
    struct known *items;
    size_t count;
    size_t capacity;
    struct rt_hash **made; /* each once */
    size_t made_count;
    size_t made_capacity;
};

struct rt_codes *rt_codes_new(struct rt_store *store, struct rt_db *index, const char *wanted,
                              bool look)
{
    struct rt_codes *codes = rt_calloc(1, sizeof *codes);

    *codes = (struct rt_codes){.store = store, .index = index, .wanted = wanted, .look = look};
    return codes;
}

void rt_codes_free(struct rt_codes *codes)
{
    if (!codes)
        return;
    for (size_t i = 0; i < codes->made_count; i++)
        free(codes->made[i]);
    for (size_t i = 0; i < codes->count; i++)
        free(codes->items[i].entry);
    free(codes->made);
    free(codes->items);
    free(codes);
}

static struct rt_hash *keep(struct rt_codes *codes, const struct rt_hash *code)
{
    struct rt_hash *made;

    for (size_t i = 0; i < codes->made_count; i++) {
        if (rt_hash_equal(codes->made[i], code))
            return codes->made[i];
    }
    made = rt_calloc(1, sizeof *made);
    *made = *code;
    codes->made = rt_grow(codes->made, &codes->made_capacity, codes->made_count + 1,
                          sizeof(struct rt_hash *));
    codes->made[codes->made_count++] = made;
    return made;
}

/* 1: the text is the beginning of one recorded code state. */
static int find_state(struct rt_codes *codes, struct rt_hash *code, struct rt_err *err)
{
    size_t digits = strspn(codes->wanted, "0123456789abcdef");
    struct rt_stmt *stmt;
    int found = 0;
    int rc;

    if (digits < STATE_MIN || codes->wanted[digits])
        return 0;
    if ((rc = rt_db_prepare(codes->index, rt_sql_ask_states_like, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_text(stmt, ":prefix", codes->wanted);
    while ((rc = rt_stmt_step(stmt, err)) > 0 && found < 2) {
        rt_hash_from_hex(code, rt_stmt_get_text(stmt, 0));
        found++;
    }
    rt_stmt_free(stmt);
    if (rc >= 0 && found > 1)
        rc = rt_err_set(err, RT_EUSAGE, "more than one code state begins with %s", codes->wanted);
    return rc < 0 ? rc : found;
}

/* The study file that the origin was planned by, for what is left out beside it. */
static void describe_file(const struct rt_origin *origin, const struct rt_json *record,
                          struct rt_study_file *file)
{
    const struct rt_json *roots = rt_json_get(record, "roots");

    memset(file, 0, sizeof *file);
    file->plan = rt_json_copy(rt_plan_json(origin->plan));
    file->root_count = rt_json_count(roots);
    file->roots = rt_calloc(file->root_count, sizeof(char *));
    for (size_t i = 0; i < file->root_count; i++)
        file->roots[i] = rt_strdup(rt_json_get_text(rt_json_at(roots, i), "path", "/"));
    file->path = rt_fs_join(file->root_count ? file->roots[0] : "/", "study.yaml");
}

/* The file of the entry is code even if git ignores it. */
static char *entry_path(const struct rt_study_file *file)
{
    const struct rt_json *entry = rt_json_get(file->plan, "entry");
    const char *below = strchr(rt_json_get_text(file->plan, "root", ""), '/');
    const char *name = rt_json_string(rt_json_at(rt_json_get(entry, "argv"), 0));
    char *folder;
    char *path;

    name = name ? name : rt_json_get_text(entry, "file", "");
    if (!file->root_count || !strchr(name, '/'))
        if (rt_json_get(entry, "argv") || !file->root_count)
            return NULL;
    folder = rt_printf("%s%s", file->roots[0], below ? below : "");
    path = rt_path_resolve(folder, name);
    free(folder);
    return path;
}

static int take_current(struct rt_codes *codes, const struct rt_study_file *file,
                        const struct rt_leave_out *leave_out, struct rt_hash *code,
                        struct rt_json **record, struct rt_err *err)
{
    char *repository = rt_fs_join(rt_store_path(codes->store), "code.git");
    char *entry = entry_path(file);
    struct rt_code_request request = {.repository = repository,
                                      .roots = (const char *const *)file->roots,
                                      .count = file->root_count,
                                      .leave_out = (const char *const *)leave_out->paths,
                                      .leave_out_count = leave_out->count,
                                      .keep = (const char *const *)&entry,
                                      .keep_count = entry ? 1 : 0,
                                      .ignore = leave_out->patterns,
                                      .ignore_count = leave_out->pattern_count};
    int rc = rt_code_snapshot(&request, code, record, err);

    free(repository);
    free(entry);
    return rc;
}

static int take_commit(struct rt_codes *codes, const struct rt_json *like,
                       const struct rt_leave_out *leave_out, struct rt_hash *code,
                       struct rt_json **record, struct rt_err *err)
{
    char *repository = rt_fs_join(rt_store_path(codes->store), "code.git");
    struct rt_code_commit_request request = {.repository = repository,
                                             .like = like,
                                             .revision = codes->wanted,
                                             .leave_out = (const char *const *)leave_out->paths,
                                             .leave_out_count = leave_out->count,
                                             .ignore = leave_out->patterns,
                                             .ignore_count = leave_out->pattern_count};
    int rc = rt_code_commit(&request, code, record, err);

    free(repository);
    return rc;
}

static int take(struct rt_codes *codes, const struct rt_origin *origin, struct rt_hash *code,
                struct rt_err *err)
{
    const char *hex = rt_json_get_text(rt_plan_json(origin->plan), "code", "");
    struct rt_leave_out leave_out;
    struct rt_study_file file;
    struct rt_json *record = NULL;
    struct rt_json *like = NULL;
    int rc = rt_about_code(codes->index, hex, &like, err);

    describe_file(origin, like, &file);
    rt_leave_out_find(&leave_out, &file);
    if (rc == 0 && strcmp(codes->wanted, "current") == 0)
        rc = take_current(codes, &file, &leave_out, code, &record, err);
    else if (rc == 0)
        rc = take_commit(codes, like, &leave_out, code, &record, err);
    if (rc == 0)
        rc = rt_accept_json(codes->store, RT_EVENT_CODE, record, err);
    rt_leave_out_clear(&leave_out);
    rt_study_file_clear(&file);
    rt_json_free(record);
    rt_json_free(like);
    return rc;
}

/* Whether the file of the entry is there now. */
static int look_around(const struct rt_study_file *file, struct rt_err *err)
{
    char *path = entry_path(file);
    int rc = 0;

    if (path && !rt_fs_exists(path))
        rc = rt_err_set(err, RT_ENOTFOUND, "the entry \"%s\" is not there any more", path);
    free(path);
    return rc;
}

/* Nothing is written. */
static int look_for(struct rt_codes *codes, const struct rt_origin *origin, const char *entry,
                    struct rt_err *err)
{
    const char *hex = rt_json_get_text(rt_plan_json(origin->plan), "code", "");
    struct rt_json *like = NULL;
    struct rt_code_commit_request request = {.revision = codes->wanted};
    struct rt_leave_out leave_out;
    struct rt_study_file file;
    int rc = rt_about_code(codes->index, hex, &like, err);

    describe_file(origin, like, &file);
    rt_leave_out_find(&leave_out, &file);
    request.like = like;
    request.leave_out = (const char *const *)leave_out.paths;
    request.leave_out_count = leave_out.count;
    request.ignore = leave_out.patterns;
    request.ignore_count = leave_out.pattern_count;
    if (rc == 0 && strcmp(codes->wanted, "current") == 0)
        rc = look_around(&file, err);
    else if (rc == 0)
        rc = rt_code_commit_known(&request, entry, err);
    rt_leave_out_clear(&leave_out);
    rt_study_file_clear(&file);
    rt_json_free(like);
    return rc;
}

static int make(struct rt_codes *codes, const struct rt_origin *origin, struct known *known)
{
    struct rt_hash code;
    int rc;

    if (strcmp(codes->wanted, "recorded") == 0)
        return 0;
    rc = strcmp(codes->wanted, "current") == 0 ? 0 : find_state(codes, &code, &known->err);
    if (rc == 0 && codes->look)
        return look_for(codes, origin, known->entry, &known->err);
    if (rc == 0)
        rc = take(codes, origin, &code, &known->err);
    if (rc >= 0)
        known->code = keep(codes, &code);
    return rc < 0 ? rc : 0;
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

int rt_codes_find(struct rt_codes *codes, const struct rt_origin *origin,
                  const struct rt_hash **code, struct rt_err *err)
{
    const char *hex = rt_json_get_text(rt_plan_json(origin->plan), "code", "");
    char *entry = codes->look ? rt_entry_file(rt_plan_json(origin->plan)) : NULL;
    struct known *known = NULL;

    for (size_t i = codes->count; !known && i-- > 0;) {
        if ((codes->items[i].recorded == hex || strcmp(codes->items[i].recorded, hex) == 0) &&
            is_same(codes->items[i].entry, entry))
            known = &codes->items[i];
    }
    if (!known) {
        codes->items =
            rt_grow(codes->items, &codes->capacity, codes->count + 1, sizeof *codes->items);
        known = &codes->items[codes->count++];
        *known = (struct known){.recorded = hex, .entry = entry};
        entry = NULL;
        known->err.code = make(codes, origin, known);
    }
    free(entry);
    *code = known->code;
    if (known->err.code < 0)
        *err = known->err;
    return known->err.code;
}
