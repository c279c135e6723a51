#include "engine/request.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/utf8.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

/* Where the study comes from: its file's folder, or the current one. */
static char *study_folder(const struct rt_run_options *options)
{
    char *path;
    char *folder;

    if (!options->study_path)
        return rt_fs_absolute(".");
    path = rt_fs_absolute(options->study_path);
    folder = rt_fs_parent(path);
    free(path);
    return folder;
}

char *rt_request_store_path(const struct rt_run_options *options)
{
    char *folder;
    char *found;

    if (options->store_path)
        return rt_fs_absolute(options->store_path);
    if (!options->study_path && !options->words)
        return rt_store_find(".");
    folder = study_folder(options);
    found = rt_store_find(folder);
    if (!found)
        found = rt_fs_join(folder, ".retrial");
    free(folder);
    return found;
}

/* A plan changed on the command line, or said by several files, is recorded as the study file that
 * would say so. */
static void rewrite_source(struct rt_study_file *file)
{
    struct rt_buf text = RT_BUF_INIT;

    rt_study_write_at(file, file->folder, &text);
    free(file->text);
    file->text = rt_buf_take(&text);
}

/* The later of two settings of one key would win, where a sweep is meant. */
static int check_settings(char *const *settings, struct rt_err *err)
{
    char clip[RT_UTF8_CLIP];

    for (size_t i = 0; settings && settings[i]; i++) {
        size_t size = strcspn(settings[i], "=");

        for (size_t k = 0; k < i; k++) {
            if (strncmp(settings[k], settings[i], size) == 0 && settings[k][size] == '=')
                return rt_err_set(err, RT_EUSAGE,
                                  "setting \"%s\": \"%.*s\" is set twice; to sweep it, write all "
                                  "values with commas: %.*s=a,b",
                                  rt_utf8_clip(settings[i], clip), (int)size, settings[i],
                                  (int)size, settings[i]);
        }
    }
    return 0;
}

int rt_request_read(const struct rt_run_options *options, struct rt_study_file *file,
                    struct rt_err *err)
{
    int rc = check_settings(options->settings, err);

    if (rc < 0)
        return rc;
    rc = options->study_path
             ? rt_study_file_read(options->study_path, file, err)
             : rt_study_file_from_words(options->words, options->options, file, err);

    if (rc == 0 && rt_json_get(file->plan, "driver") && (options->replicates || options->samples))
        rc = rt_err_set(err, RT_EUSAGE,
                        "a driver proposes all trials, and says of each how often it is repeated: "
                        "leave out %s",
                        options->replicates ? "--replicates" : "--samples");
    for (char *const *setting = options->settings; rc == 0 && setting && *setting; setting++)
        rc = rt_study_set(file->plan, *setting, options->samples, err);
    if (rc == 0 && options->samples)
        rc = rt_study_set_samples(file->plan, options->samples, err);
    if (rc == 0 && options->replicates) {
        rt_json_set_int(file->plan, "replicates", (int64_t)options->replicates);
        rc = rt_study_check_plan(file->plan, err);
    }
    if (rc == 0 && (options->words || options->settings || options->replicates ||
                    options->samples || file->extends))
        rewrite_source(file);
    return rc;
}

int rt_run_save(const struct rt_run_options *options, const char *path, struct rt_err *err)
{
    struct rt_study_file file = {0};
    int rc = rt_request_read(options, &file, err);

    if (rc == 0)
        rc = rt_study_save(&file, path, err);
    rt_study_file_clear(&file);
    return rc;
}

int rt_run_plan(const struct rt_run_options *options, struct rt_json **plan, struct rt_err *err)
{
    struct rt_study_file file = {0};
    int rc = rt_request_read(options, &file, err);

    if (rc == 0)
        *plan = rt_json_keep(file.plan);
    rt_study_file_clear(&file);
    return rc;
}
