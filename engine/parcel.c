#include "engine/parcel.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC     "retrial parcel 1\n"
#define PATH_MOST 4096u
#define PIECE     (1u << 20)

struct packing {
    FILE *out;
    const char *parcel;
    const char *root;
};

static void put_u32(FILE *out, uint32_t value)
{
    unsigned char bytes[4] = {value & 255u, value >> 8 & 255u, value >> 16 & 255u, value >> 24};

    fwrite(bytes, 1, sizeof bytes, out);
}

static void put_u64(FILE *out, uint64_t value)
{
    put_u32(out, (uint32_t)value);
    put_u32(out, (uint32_t)(value >> 32));
}

static void put_text(FILE *out, const char *text)
{
    put_u32(out, (uint32_t)strlen(text));
    fwrite(text, 1, strlen(text), out);
}

/* `size` bytes from one file to the other. */
static int copy_bytes(int from, FILE *out, uint64_t size, const char *path, struct rt_err *err)
{
    char *piece = rt_alloc(PIECE);
    int rc = 0;

    while (size && rc == 0) {
        ssize_t got = read(from, piece, size < PIECE ? (size_t)size : PIECE);

        if (got < 0)
            rc = rt_err_errno(err, RT_EIO, "reading \"%s\"", path);
        else if (got == 0)
            rc = rt_err_set(err, RT_EUSAGE, "\"%s\" changed while it was kept", path);
        else if (fwrite(piece, 1, (size_t)got, out) != (size_t)got)
            rc = rt_fs_write_error(err, "keeping", path);
        size -= got > 0 ? (uint64_t)got : 0;
    }
    free(piece);
    return rc;
}

static int pack_file(struct packing *packing, const char *path, const struct stat *info,
                     struct rt_err *err)
{
    int fd =
        open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK); /* it may be a pipe by now */
    int rc;

    if (fd < 0)
        return rt_err_errno(err, RT_EIO, "opening \"%s\"", path);
    put_u64(packing->out, (uint64_t)info->st_size);
    rc = copy_bytes(fd, packing->out, (uint64_t)info->st_size, path, err);
    close(fd);
    return rc;
}

static int pack_link(struct packing *packing, const char *path, struct rt_err *err)
{
    char target[PATH_MOST];
    ssize_t size = readlink(path, target, sizeof target - 1);

    if (size < 0)
        return rt_err_errno(err, RT_EIO, "reading the link \"%s\"", path);
    target[size] = '\0';
    put_text(packing->out, target);
    return 0;
}

static int pack_folder(struct packing *packing, const char *below, struct rt_err *err);

static int pack_entry(struct packing *packing, const char *below, struct rt_err *err)
{
    char *path = rt_fs_join(packing->root, below);
    struct stat info;
    int rc = 0;

    if (lstat(path, &info) < 0) {
        rc = rt_err_errno(err, RT_EIO, "looking at \"%s\"", path);
    } else if (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode) || S_ISLNK(info.st_mode)) {
        fputc(S_ISREG(info.st_mode) ? 'f' : S_ISDIR(info.st_mode) ? 'd' : 'l', packing->out);
        put_u32(packing->out, info.st_mode & 07777u);
        put_text(packing->out, below);
        rc = S_ISREG(info.st_mode)   ? pack_file(packing, path, &info, err)
             : S_ISDIR(info.st_mode) ? pack_folder(packing, below, err)
                                     : pack_link(packing, path, err);
    } /* sockets and devices are no content */
    free(path);
    return rc;
}

static int pack_folder(struct packing *packing, const char *below, struct rt_err *err)
{
    char *path = rt_fs_join(packing->root, below[0] ? below : ".");
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    int rc = count < 0 ? rt_err_errno(err, RT_EIO, "reading the folder \"%s\"", path) : 0;

    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;

        if (rc == 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            char *next = below[0] ? rt_fs_join(below, name) : rt_strdup(name);

            rc = pack_entry(packing, next, err);
            free(next);
        }
        free(entries[i]);
    }
    free(entries);
    free(path);
    return rc;
}

static FILE *make_file(const char *parcel, struct rt_err *err)
{
    int fd = open(parcel, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

    if (!out)
        rt_fs_write_error(err, "making", parcel);
    return out;
}

static int pack(const char *path, const char *parcel, struct rt_err *err)
{
    struct packing packing = {make_file(parcel, err), parcel, path};
    int rc;

    if (!packing.out)
        return err->code;
    fputs(MAGIC, packing.out);
    rc = pack_folder(&packing, "", err);
    fputc('e', packing.out);
    if ((ferror(packing.out) | fclose(packing.out)) != 0 && rc == 0)
        rc = rt_fs_write_error(err, "writing", parcel);
    return rc;
}

/* Shares the blocks where the file system can, else copies. */
static int copy_file(int from, const char *path, const struct stat *info, const char *parcel,
                     struct rt_err *err)
{
    FILE *out = make_file(parcel, err);
    int rc = 0;

    if (!out)
        return err->code;
    if (ioctl(fileno(out), FICLONE, from) < 0)
        rc = copy_bytes(from, out, (uint64_t)info->st_size, path, err);
    if (fclose(out) != 0 && rc == 0)
        rc = rt_fs_write_error(err, "writing", parcel);
    return rc;
}

static bool is_within(const char *path, const char *folder)
{
    char *absolute;
    char *real;
    size_t size;
    bool within;

    if (!folder)
        return false;
    absolute = rt_fs_absolute(path);
    real = rt_fs_absolute(folder);
    size = strlen(real);
    within = strncmp(absolute, real, size) == 0 && absolute[size] == '/';
    free(absolute);
    free(real);
    return within;
}

int rt_parcel_make(const char *path, const char *parcel, const char *movable, bool *folder,
                   struct rt_err *err)
{
    struct stat info;
    int fd;
    int rc;

    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &info) < 0) {
        rc = rt_err_errno(err, RT_EUSAGE, "keeping \"%s\"", path);
    } else if (S_ISDIR(info.st_mode)) {
        *folder = true;
        rc = pack(path, parcel, err);
    } else if (S_ISREG(info.st_mode)) {
        *folder = false;
        rc = is_within(path, movable) && rename(path, parcel) == 0
                 ? 0
                 : copy_file(fd, path, &info, parcel, err);
    } else {
        rc = rt_err_set(err, RT_EUSAGE, "keeping \"%s\": it is neither a file nor a folder", path);
    }
    if (fd >= 0)
        close(fd);
    if (rc < 0)
        unlink(parcel);
    return rc;
}

/* -- unpacking: what comes was checked against its hash, but believes nothing all the same -- */

struct unpacking {
    FILE *in;
    const char *parcel;
    const char *root;
};

static int broken(const struct unpacking *unpacking, struct rt_err *err)
{
    return rt_err_set(err, RT_EDAMAGED, "the checkpoint \"%s\" is no whole folder",
                      unpacking->parcel);
}

static uint64_t get_number(FILE *in, int bytes)
{
    uint64_t value = 0;

    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)(fgetc(in) & 255) << 8 * i;
    return value;
}

static bool get_text(FILE *in, char text[PATH_MOST])
{
    uint64_t size = get_number(in, 4);

    if (size >= PATH_MOST || fread(text, 1, (size_t)size, in) != size)
        return false;
    text[size] = '\0';
    return strlen(text) == size;
}

/* A path below the folder, without detours. */
static bool is_below(const char *path)
{
    const char *at = path;

    while (*at) {
        size_t size = strcspn(at, "/");

        if (size == 0 || (size == 1 && at[0] == '.') || (size == 2 && strncmp(at, "..", 2) == 0))
            return false;
        at += size;
        at += *at == '/';
    }
    return path[0] != '\0' && at[-1] != '/';
}

static int unpack_file(struct unpacking *unpacking, const char *path, mode_t mode,
                       struct rt_err *err)
{
    uint64_t size = get_number(unpacking->in, 8);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    char *piece = rt_alloc(PIECE);
    int rc = fd < 0 ? rt_fs_write_error(err, "making", path) : 0;

    while (rc == 0 && size) {
        size_t got = fread(piece, 1, size < PIECE ? (size_t)size : PIECE, unpacking->in);

        rc = got ? rt_fs_write_all(fd, rt_span(piece, got), path, err) : broken(unpacking, err);
        size -= got;
    }
    if (rc == 0 && fchmod(fd, mode & 0777u) < 0)
        rc = rt_err_errno(err, RT_EIO, "restoring \"%s\"", path);
    if (fd >= 0)
        close(fd);
    free(piece);
    return rc;
}

/* Nothing is written through a link: the folders above a path are all real. */
static bool has_real_parents(const struct unpacking *unpacking, const char *below)
{
    char *path = rt_fs_join(unpacking->root, below);
    char *parent = rt_fs_parent(path);
    struct stat info;
    bool real = true;

    while (real && strlen(parent) > strlen(unpacking->root)) {
        char *next = rt_fs_parent(parent);

        real = lstat(parent, &info) == 0 && S_ISDIR(info.st_mode);
        free(parent);
        parent = next;
    }
    free(parent);
    free(path);
    return real;
}

static int unpack_entry(struct unpacking *unpacking, int kind, struct rt_err *err)
{
    mode_t mode = (mode_t)get_number(unpacking->in, 4);
    char below[PATH_MOST];
    char target[PATH_MOST];
    char *path;
    int rc = 0;

    if (!get_text(unpacking->in, below) || !is_below(below) || !has_real_parents(unpacking, below))
        return broken(unpacking, err);
    path = rt_fs_join(unpacking->root, below);
    if (kind == 'd' && mkdir(path, 0700) < 0)
        rc = rt_fs_write_error(err, "making", path);
    else if (kind == 'f')
        rc = unpack_file(unpacking, path, mode, err);
    else if (kind == 'l' && !get_text(unpacking->in, target))
        rc = broken(unpacking, err);
    else if (kind == 'l' && symlink(target, path) < 0)
        rc = rt_fs_write_error(err, "making", path);
    free(path);
    return rc;
}

int rt_parcel_unpack(const char *parcel, const char *path, struct rt_err *err)
{
    struct unpacking unpacking = {fopen(parcel, "re"), parcel, path};
    char magic[sizeof MAGIC - 1];
    int kind = 0;
    int rc;

    if (!unpacking.in)
        return rt_err_errno(err, RT_EIO, "opening \"%s\"", parcel);
    if (fread(magic, 1, sizeof magic, unpacking.in) != sizeof magic ||
        memcmp(magic, MAGIC, sizeof magic) != 0)
        rc = broken(&unpacking, err);
    else
        rc = mkdir(path, 0700) < 0 ? rt_fs_write_error(err, "making", path) : 0;
    while (rc == 0 && (kind = fgetc(unpacking.in)) != 'e')
        rc = kind == 'd' || kind == 'f' || kind == 'l' ? unpack_entry(&unpacking, kind, err)
                                                       : broken(&unpacking, err);
    fclose(unpacking.in);
    return rc;
}
