/* Runs a fuzz target over the files of a corpus: for builds without libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/fs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int try_file(const char *folder, const char *name)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_err err;
    char *path = rt_fs_join(folder, name);
    uint8_t *exact = NULL;
    int rc = rt_fs_read(path, &bytes, &err);

    if (rc < 0) {
        fprintf(stderr, "%s\n", err.text);
    } else {
        /* A copy without slack, so that reading past the end is noticed. */
        exact = malloc(bytes.size ? bytes.size : 1);
        if (bytes.size)
            memcpy(exact, bytes.data, bytes.size);
        LLVMFuzzerTestOneInput(exact, bytes.size);
    }
    free(exact);
    rt_buf_clear(&bytes);
    free(path);
    return rc;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    struct dirent *entry;
    int tried = 0;
    int bad = 0;

    if (!folder) {
        fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
        return 2;
    }
    while ((entry = readdir(folder)))
        if (entry->d_name[0] != '.') {
            tried++;
            bad |= try_file(argv[1], entry->d_name) < 0;
        }
    closedir(folder);
    printf("%d files\n", tried);
    return bad || tried == 0;
}
