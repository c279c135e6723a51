/* Any bytes as the parcel of a folder: refused, or a folder that nothing leads out of and whose
 * parcel can be unpacked, too. */
#include "base/alloc.h"
#include "base/fs.h"
#include "engine/parcel.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_file(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "w");

    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
}

/* Besides the parcel and what it made there must be nothing. */
static size_t count_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t count = 0;

    if (!dir)
        abort();
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2; /* itself, and the one above */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *root =
        rt_printf("%s/retrial-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    char *parcel = NULL;
    char *folder = NULL;
    char *again = NULL;
    char *second = NULL;
    bool is_folder;
    struct rt_err err;

    if (!mkdtemp(root))
        abort();
    parcel = rt_fs_join(root, "parcel");
    folder = rt_fs_join(root, "folder");
    again = rt_fs_join(root, "again");
    second = rt_fs_join(root, "second");
    write_file(parcel, data, size);
    if (rt_parcel_unpack(parcel, folder, &err) == 0) {
        if (count_entries(root) != 2)
            abort();
        if (rt_parcel_make(folder, again, NULL, &is_folder, &err) < 0 || !is_folder ||
            rt_parcel_unpack(again, second, &err) < 0)
            abort();
    }
    if (rt_fs_remove(root, &err) < 0)
        abort();
    free(second);
    free(again);
    free(folder);
    free(parcel);
    free(root);
    return 0;
}
