#include "replay/checkout.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/path.h"
#include "query/about.h"
#include "query/about_plan.h"
#include "replay/measure.h"
#include "replay/told.h"
#include "store/code.h"
#include "store/input.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sql.h"

struct checkout {
    struct rt_store *store;
    const char *folder;
    char *code; /* folder/code */
    struct rt_json *about;
    struct rt_json *notes;
    bool conflict;
};

static int check_vacant(const char *folder, struct rt_err *err)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int rc = 0;

    if (!dir && errno == ENOENT)
        return 0;
    if (!dir)
        return rt_err_errno(err, RT_EUSAGE, "\"%s\" cannot be written to", folder);
    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = rt_err_set(err, RT_EUSAGE,
                            "\"%s\" is there and not empty; name a folder that is not there yet",
                            folder);
    }
    closedir(dir);
    return rc;
}

/* Unpacked code is read-only; what is checked out is its owner's. */
static int make_writable(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)where;
    if (kind == FTW_F)
        return chmod(path, info->st_mode & S_IXUSR ? 0755 : 0644);
    return kind == FTW_D || kind == FTW_DP ? chmod(path, 0755) : 0;
}

static int put_code(struct checkout *checkout, struct rt_err *err)
{
    const struct rt_json *record = rt_json_get(checkout->about, "code");
    char *repository = rt_fs_join(rt_store_path(checkout->store), "code.git");
    struct rt_buf bundle = RT_BUF_INIT;
    struct rt_hash code;
    int rc;

    if (!record || rt_hash_from_hex(&code, rt_json_get_text(record, "code", "")) < 0)
        rc = rt_err_set(err, RT_EUSAGE, "the code of the trial is not recorded");
    else if ((rc = rt_code_bundle(repository, &code, record, &bundle, err)) == 0)
        rc = rt_code_unpack(rt_buf_span(&bundle), &code, checkout->code, err);
    if (rc == 0 && nftw(checkout->code, make_writable, 16, FTW_PHYS) != 0)
        rc = rt_fs_write_error(err, "setting modes below", checkout->code);
    rt_buf_clear(&bundle);
    free(repository);
    return rc;
}

static void note(struct checkout *checkout, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void note(struct checkout *checkout, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = rt_vprintf(format, args);
    va_end(args);
    rt_json_append(checkout->notes, rt_json_new_string(text));
    free(text);
}

/* A link to a folder becomes a folder of links to what is in it. */
static int open_link(const char *path, struct rt_err *err)
{
    char target[PATH_MAX];
    ssize_t size = readlink(path, target, sizeof target - 1);
    struct dirent *entry;
    DIR *dir = opendir(path);
    int rc = 0;

    if (size < 0 || unlink(path) < 0 || mkdir(path, 0755) < 0)
        rc = rt_fs_write_error(err, "making the folder", path);
    target[size < 0 ? 0 : size] = '\0';
    while (dir && rc == 0 && (entry = readdir(dir)) != NULL) {
        char *from = rt_fs_join(target, entry->d_name);
        char *to = rt_fs_join(path, entry->d_name);

        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            symlink(from, to) < 0)
            rc = rt_fs_write_error(err, "making the link", to);
        free(from);
        free(to);
    }
    if (dir)
        closedir(dir);
    return rc;
}

/* Makes the folders above a path below `top` real, and the path vacant. */
static int make_room(const char *top, const char *path, struct rt_err *err)
{
    size_t at = strlen(top);
    struct stat info;
    int rc = 0;

    while (rc == 0 && path[at] && path[at + 1 + strcspn(path + at + 1, "/")]) {
        char *above;

        at += 1 + strcspn(path + at + 1, "/");
        above = rt_strndup(path, at);
        if (lstat(above, &info) < 0)
            rc = rt_fs_mkdirs(above, err);
        else if (S_ISLNK(info.st_mode))
            rc = open_link(above, err);
        free(above);
    }
    if (rc == 0)
        rc = rt_fs_remove(path, err);
    return rc;
}

static int stop_at_original(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    char target[1];

    (void)info;
    (void)where;
    return kind == FTW_SL && readlink(path, target, 1) == 1 && target[0] == '/';
}

/* Whether an input is there as part of the recorded code, and no link leads to originals. */
static bool is_code(const struct rt_json *input, const char *path)
{
    char *real = rt_fs_absolute(path);
    struct rt_hash wanted;
    struct rt_hash found;
    uint64_t bytes;
    bool is = strcmp(real, path) == 0 && nftw(path, stop_at_original, 16, FTW_PHYS) == 0 &&
              rt_hash_from_hex(&wanted, rt_json_get_text(input, "sha256", "")) == 0 &&
              rt_input_hash(path, &found, &bytes, NULL) == 0 && rt_hash_equal(&wanted, &found);

    free(real);
    return is;
}

static int put_input(struct checkout *checkout, const struct rt_json *input, size_t number,
                     struct rt_err *err)
{
    const char *root = rt_json_get_text(checkout->about, "root", "");
    const char *name = rt_json_get_text(input, "path", "");
    char *folder = rt_input_folder(rt_json_get(checkout->about, "code"), root);
    char *original = rt_path_resolve(folder ? folder : "/", name);
    char *top = rt_fs_join(checkout->code, root);
    char *path = rt_path_resolve(top, name);
    struct rt_err why = {0};
    bool vacant = true;
    int had = 0;
    int rc = 0;

    if (name[0] == '/' || !rt_path_below(path, checkout->code)) {
        free(path);
        path = rt_printf("%s/inputs/%zu-%s", checkout->folder, number, rt_path_name(original));
        note(checkout,
             "the input \"%s\" lies outside the code: it is in \"%s\", and the model still "
             "looks for it at \"%s\"",
             name, path + strlen(checkout->folder) + 1, name[0] == '/' ? name : original);
    } else {
        vacant = !is_code(input, path);
    }
    if (vacant)
        rc = make_room(checkout->folder, path, err);
    if (rc == 0 && vacant)
        had = rt_input_copy(checkout->store, input, original, path, &why);
    if (had == RT_EIO) { /* of the disk, not of what was recorded */
        *err = why;
        rc = had;
    } else if (had < 0) {
        rt_fs_remove(path, NULL);
        note(checkout, "the input \"%s\" cannot be had as it was recorded: %s", name, why.text);
        checkout->conflict = true;
    }
    free(path);
    free(top);
    free(original);
    free(folder);
    return rc;
}

static int put_inputs(struct checkout *checkout, struct rt_err *err)
{
    const struct rt_json *inputs = rt_json_get(checkout->about, "inputs");
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < rt_json_count(inputs); i++)
        rc = put_input(checkout, rt_json_at(inputs, i), i + 1, err);
    return rc;
}

/* What the code links to beyond itself is where it was, or not. */
static void note_links(struct checkout *checkout)
{
    const struct rt_json *roots = rt_json_get(rt_json_get(checkout->about, "code"), "roots");

    for (size_t i = 0; i < rt_json_count(roots); i++) {
        const struct rt_json *linked = rt_json_get(rt_json_at(roots, i), "linked");
        const char *name = rt_json_get_text(rt_json_at(roots, i), "name", "");

        for (size_t k = 0; k < rt_json_count(linked); k++) {
            char *path =
                rt_printf("%s/%s/%s", checkout->code, name, rt_json_string(rt_json_at(linked, k)));
            struct stat info;

            if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode))
                note(checkout, "\"%s/%s\" is no recorded code, and a link to the original%s", name,
                     rt_json_string(rt_json_at(linked, k)),
                     rt_fs_exists(path) ? "" : ", which is gone");
            free(path);
        }
    }
}

/* The interpreter and packages of the attempt that stands for the trial. */
static int add_environment(struct checkout *checkout, struct rt_db *db, struct rt_err *err)
{
    const struct rt_json *attempts = rt_json_get(checkout->about, "attempts");
    struct rt_json *environment = NULL;
    struct rt_stmt *stmt;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < rt_json_count(attempts); i++) {
        const struct rt_json *attempt = rt_json_at(attempts, i);

        if (!rt_json_bool(rt_json_get(attempt, "decides")))
            continue;
        if (rt_json_get(attempt, "result"))
            rt_json_set(checkout->about, "result", rt_json_copy(rt_json_get(attempt, "result")));
        rt_json_set_int(checkout->about, "attempt", rt_json_get_int(attempt, "attempt", 1));
        if ((rc = rt_db_prepare(db, rt_sql_ask_agent_summary, &stmt, NULL, err)) < 0)
            break;
        rt_stmt_int(stmt, ":launch", rt_json_get_int(attempt, "launch", 0));
        rt_stmt_int(stmt, ":rank", rt_json_get_int(attempt, "rank", 0));
        if ((rc = rt_stmt_step(stmt, err)) > 0)
            rc = rt_json_parse(rt_stmt_get_span(stmt, 0), &environment, err);
        rt_stmt_free(stmt);
    }
    if (environment) {
        rt_json_set(checkout->about, "python",
                    rt_json_copy(rt_json_get(environment, "executable")));
        rt_json_set(checkout->about, "environment", environment);
    }
    return rc < 0 ? rc : 0;
}

static int add_plan(struct checkout *checkout, struct rt_db *db, const struct rt_study *study,
                    uint64_t ordinal, struct rt_err *err)
{
    struct rt_json *about = checkout->about;
    struct rt_about_plan from = {0};
    const struct rt_json *plan;
    const struct rt_json *objective;
    int rc;

    if ((rc = rt_about_plan_find(checkout->store, db, study, ordinal, &from, err)) == 0) {
        plan = rt_plan_json(from.plan);
        objective = rt_json_get(plan, "objective");
        rt_json_set_text(about, "root", rt_json_get_text(plan, "root", ""));
        rt_json_set_text(about, "metric",
                         objective ? rt_json_get_text(objective, "metric", "value") : "value");
        rt_json_set_int(about, "threads", rt_plan_threads(from.plan));
        rt_json_set_int(about, "import_seed", rt_plan_seed(from.plan, 0));
        rt_json_set_int(about, "attempt", 1);
    }
    rt_about_plan_clear(&from);
    return rc;
}

/* What it heard and at which calls, if all of that is recorded. */
static int add_heard(struct checkout *checkout, struct rt_db *db, const struct rt_study *study,
                     uint64_t ordinal, struct rt_err *err)
{
    struct rt_measure *measure = rt_calloc(1, sizeof *measure);
    uint32_t attempt = (uint32_t)rt_json_get_int(checkout->about, "attempt", 1);
    struct rt_json *told = NULL;
    struct rt_origins *origins;
    int rc;

    rt_json_remove(checkout->about, "heard");
    rt_origins_new(db, RT_ORIGINS_ATTEMPTS, &origins);
    rc = rt_origins_attempt(origins, study, ordinal, attempt, &measure->of, err);
    rt_origins_free(origins);
    if (rc == 0 && (rc = rt_measures_read(checkout->store, measure, 1, err)) == 0)
        rc = rt_told_of(checkout->store, db, &measure->of, 1, &told, err);
    if (rc == 0 && told)
        rt_json_set(checkout->about, "heard", rt_json_copy(rt_json_at(rt_json_at(told, 0), 1)));
    else if (rc == 0 && rt_measure_heard(measure) == 0)
        rt_json_set(checkout->about, "heard", rt_json_new_array());
    rt_json_free(told);
    rt_measures_free(measure, 1);
    return rc == RT_ENOTFOUND ? 0 : rc;
}

static int fill(struct checkout *checkout, struct rt_db *db, const struct rt_study *study,
                uint64_t ordinal, struct rt_err *err)
{
    int rc;

    if ((rc = rt_about_trial(checkout->store, db, study, ordinal, &checkout->about, err)) < 0 ||
        (rc = add_plan(checkout, db, study, ordinal, err)) < 0 ||
        (rc = add_environment(checkout, db, err)) < 0 ||
        (rc = add_heard(checkout, db, study, ordinal, err)) < 0 ||
        (rc = put_code(checkout, err)) < 0 || (rc = put_inputs(checkout, err)) < 0)
        return rc;
    note_links(checkout);
    return rt_checkout_put_run(checkout->folder, checkout->about, err);
}

/* What failed half-way leaves nothing behind, so that the same command goes on. */
static void take_back(const char *folder, bool there_before)
{
    rt_fs_remove(folder, NULL);
    if (there_before)
        rt_fs_mkdirs(folder, NULL);
}

int rt_checkout(struct rt_store *store, struct rt_db *db, const struct rt_study *study,
                uint64_t ordinal, const char *folder, struct rt_json **notes, struct rt_err *err)
{
    struct checkout checkout = {.store = store, .notes = rt_json_new_array()};
    bool there_before = rt_fs_exists(folder);
    char *path = NULL;
    int rc;

    *notes = checkout.notes;
    if ((rc = check_vacant(folder, err)) < 0 || (rc = rt_fs_mkdirs(folder, err)) < 0)
        return rc;
    checkout.folder = path = rt_fs_absolute(folder);
    checkout.code = rt_fs_join(path, "code");
    if ((rc = fill(&checkout, db, study, ordinal, err)) < 0)
        take_back(path, there_before);
    else if (checkout.conflict)
        rc = rt_err_set(err, RT_ECONFLICT, "all is written but for inputs that are not to be had");
    rt_json_free(checkout.about);
    free(checkout.code);
    free(path);
    return rc;
}
