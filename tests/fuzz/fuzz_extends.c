/* Any bytes as a study file, and behind a line of % any bytes as the file that it may extend:
 * refused with a place in one of them, or a plan that can be written as one file. */
#include "base/alloc.h"
#include "tests/fuzz/plan_checks.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *above;  /* made for this process */
static char *folder; /* in it, "f": check_written() knows code roots by that name */

static void remove_folder(void)
{
    static const char *const names[] = {"a.yaml", "base.yaml", "m.py", ""};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = rt_printf("%s/%s", folder, names[i]);

        remove(path);
        free(path);
    }
    rmdir(above);
    free(folder);
    free(above);
}

static void write_file(const char *name, const void *data, size_t size)
{
    char *path = rt_printf("%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
    free(path);
}

static void make_folder(void)
{
    const char *temporary = getenv("TMPDIR");

    above = rt_printf("%s/fuzz-extends.XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(above))
        abort();
    folder = rt_printf("%s/f", above);
    if (mkdir(folder, 0700) < 0)
        abort();
    write_file("m.py", "", 0);
    atexit(remove_folder);
}

static void try_file(void)
{
    char *path = rt_printf("%s/a.yaml", folder);
    struct rt_study_file file;
    struct rt_plan *plan;
    struct rt_err err;

    if (rt_study_file_read(path, &file, &err) < 0) {
        if (err.code != RT_EUSAGE || strncmp(err.text, folder, strlen(folder)) != 0)
            abort();
    } else if (rt_plan_new(file.plan, &plan, &err) < 0) {
        abort();
    } else {
        check_written(file.plan);
        check_points(plan);
        rt_plan_free(plan);
        rt_study_file_clear(&file);
    }
    free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *mark = size ? memmem(data, size, "\n%\n", 3) : NULL;
    size_t first = mark ? (size_t)(mark - data) + 1 : size;
    size_t second = mark ? first + 2 : size;

    if (!folder)
        make_folder();
    write_file("a.yaml", data, first);
    write_file("base.yaml", data + second, size - second);
    try_file();
    return 0;
}
