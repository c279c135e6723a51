#include "store/home.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/json.h"
#include "store/io.h"
#include "store/owner.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FORMAT    1
#define CHECK_HEX (2 * RT_HOME_CHECK)
#define PAUSE_NS  250000000

void rt_home_writer_clear(struct rt_home_writer *writer)
{
    free(writer->hot);
    writer->hot = NULL;
}

bool rt_home_is(const char *path)
{
    char *file = rt_fs_join(path, "home");
    char *writers = rt_fs_join(path, "writers");
    bool is = rt_fs_exists(file) && rt_fs_exists(writers);

    free(file);
    free(writers);
    return is;
}

static int fill(const char *folder, const uint8_t uuid[16], struct rt_err *err)
{
    static const char *const folders[] = {"writers", "journal", "objects", "code.git"};
    char *file = rt_fs_join(folder, "home");
    struct rt_buf text = RT_BUF_INIT;
    char hex[RT_UUID_TEXT];
    uint8_t id[RT_UUID_SIZE];
    int rc = rt_uuid_new(id, err);

    if (rc == 0)
        rc = rt_io_mkdir(&rt_io_plain, folder, err);

    for (size_t i = 0; rc == 0 && i < sizeof folders / sizeof folders[0]; i++) {
        char *path = rt_fs_join(folder, folders[i]);

        rc = rt_io_mkdir(&rt_io_plain, path, err);
        free(path);
    }
    rt_buf_printf(&text, "retrial home %d\nuuid %s\n", FORMAT, rt_uuid_text(uuid, hex));
    rt_buf_printf(&text, "id %s\n", rt_uuid_text(id, hex));
    if (rc == 0)
        rc = rt_io_create(&rt_io_plain, file, rt_buf_span(&text), NULL, err);
    if (rc == 0)
        rc = rt_io_sync_dir(&rt_io_plain, folder, err);
    rt_buf_clear(&text);
    free(file);
    return rc;
}

static int put_in_place(const char *made, const char *path, struct rt_err *err)
{
    char *parent = rt_fs_parent(path);
    int number = rename(made, path) == 0 ? 0 : errno;
    int rc = 0;

    errno = number;
    if (number == 0)
        rc = rt_fs_sync_dir(parent, err);
    else if (number != ENOTEMPTY && number != EEXIST && number != ENOTDIR)
        rc = rt_fs_write_error(err, "making the home", path);
    else if (rt_home_is(path))
        rc = rt_fs_remove(made, err); /* somebody else was faster */
    else
        rc = rt_err_set(err, RT_EUSAGE, "\"%s\" is there, and is no home of a store", path);
    free(parent);
    return rc;
}

int rt_home_make(const char *path, const uint8_t uuid[16], struct rt_err *err)
{
    char *made = rt_printf("%s.%ld.new", path, (long)getpid());
    char *parent = rt_fs_parent(path);
    int rc;

    if ((rc = rt_fs_mkdirs(parent, err)) == 0 && (rc = rt_fs_remove(made, err)) == 0 &&
        (rc = fill(made, uuid, err)) == 0)
        rc = put_in_place(made, path, err);
    if (rc < 0)
        rt_fs_remove(made, NULL);
    free(parent);
    free(made);
    return rc;
}

int rt_home_read(const char *path, struct rt_home *home, struct rt_err *err)
{
    char *file = rt_fs_join(path, "home");
    struct rt_buf text = RT_BUF_INIT;
    char hex[RT_UUID_TEXT] = "";
    uint8_t id[RT_UUID_SIZE];
    unsigned version = 0;
    int rc = rt_fs_read(file, &text, err);

    memset(home, 0, sizeof *home);
    if (rc == RT_ENOTFOUND)
        rc = rt_err_set(err, RT_ENOTFOUND, "there is no home of a store at \"%s\"", path);
    if (rc < 0)
        goto out;
    if (sscanf(rt_buf_text(&text), "retrial home %u\nuuid %36s\nid %36s\n", &version, hex,
               home->id) >= 1 &&
        version > FORMAT)
        rc = rt_err_set(err, RT_ENEWER,
                        "the home \"%s\" has format %u, and this program knows up to %d: use a "
                        "newer version",
                        path, version, FORMAT);
    else if (version < 1 || rt_uuid_parse(hex, home->uuid) < 0 || rt_uuid_parse(home->id, id) < 0)
        rc = rt_err_set(err, RT_EDAMAGED, "\"%s\" does not say what it should", file);
out:
    rt_buf_clear(&text);
    free(file);
    return rc;
}

char *rt_home_writer_path(const char *path, uint32_t number)
{
    return rt_printf("%s/writers/%08" PRIu32, path, number);
}

char *rt_home_journal_path(const char *path, uint32_t number)
{
    return rt_printf("%s/journal/%08" PRIu32, path, number);
}

int rt_home_newest(const char *path, uint32_t *number, struct rt_err *err)
{
    char *folder = rt_fs_join(path, "writers");
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int rc = 0;

    *number = 0;
    if (!dir)
        rc = rt_err_errno(err, RT_EIO, "reading the folder \"%s\"", folder);
    while (dir && (entry = readdir(dir)) != NULL) {
        unsigned long value = strtoul(entry->d_name, NULL, 10);

        if (strspn(entry->d_name, "0123456789") == 8 && strlen(entry->d_name) == 8 &&
            value > *number)
            *number = (uint32_t)value;
    }
    if (dir)
        closedir(dir);
    free(folder);
    return rc;
}

static struct rt_json *head_json(const struct rt_home_head *head)
{
    struct rt_json *list = rt_json_new_array();
    char hex[CHECK_HEX + 1];

    for (size_t i = 0; i < RT_HOME_CHECK; i++)
        snprintf(hex + 2 * i, 3, "%02x", head->check[i]);
    rt_json_append(list, rt_json_new_int((int64_t)head->seq));
    rt_json_append(list, rt_json_new_int((int64_t)head->bytes));
    rt_json_append(list, rt_json_new_string(hex));
    return list;
}

static int head_from(const struct rt_json *list, struct rt_home_head *head)
{
    const char *hex = rt_json_string(rt_json_at(list, 2));
    int64_t seq = rt_json_int(rt_json_at(list, 0));
    int64_t bytes = rt_json_int(rt_json_at(list, 1));

    if (!hex || strlen(hex) != CHECK_HEX || strspn(hex, "0123456789abcdef") != CHECK_HEX ||
        seq < 0 || bytes < 0)
        return -1;
    head->seq = (uint64_t)seq;
    head->bytes = (uint64_t)bytes;
    for (size_t i = 0; i < RT_HOME_CHECK; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

        head->check[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return 0;
}

static void put_writer(struct rt_buf *out, const struct rt_home_writer *writer)
{
    struct rt_json *object = rt_owner_json(&writer->owner);

    rt_json_set_text(object, "hot", writer->hot);
    rt_json_set_text(object, "version", RETRIAL_VERSION);
    rt_json_set_int(object, "interval_us", (int64_t)writer->interval_us);
    if (writer->begun) {
        rt_json_set_int(object, "base", writer->base);
        rt_json_set(object, "from", head_json(&writer->from));
        rt_json_set(object, "head", head_json(&writer->head));
    }
    rt_json_set_int(object, "attempts", (int64_t)writer->attempts);
    rt_json_set_int(object, "level_us", (int64_t)writer->level_us);
    rt_json_set_int(object, "ended_us", (int64_t)writer->ended_us);
    rt_json_canonical(object, out);
    rt_buf_add(out, "\n");
    rt_json_free(object);
}

static uint64_t number_of(const struct rt_json *object, const char *key)
{
    int64_t value = rt_json_get_int(object, key, 0);

    return value > 0 ? (uint64_t)value : 0;
}

/* 0, or -1 if it is none. */
static int get_writer(const struct rt_json *object, struct rt_home_writer *writer)
{
    int64_t base = rt_json_get_int(object, "base", -1);

    if (rt_owner_from(object, &writer->owner) < 0)
        return -1;
    writer->begun = base >= 0;
    if (writer->begun && (base >= (int64_t)writer->number ||
                          head_from(rt_json_get(object, "from"), &writer->from) < 0 ||
                          head_from(rt_json_get(object, "head"), &writer->head) < 0))
        return -1;
    writer->base = writer->begun ? (uint32_t)base : 0;
    writer->hot = rt_strdup(rt_json_get_text(object, "hot", ""));
    writer->interval_us = number_of(object, "interval_us");
    writer->attempts = number_of(object, "attempts");
    writer->level_us = number_of(object, "level_us");
    writer->ended_us = number_of(object, "ended_us");
    return 0;
}

/* 1; 0 if it names nobody yet, or is not there. */
static int read_writer(const char *file, struct rt_home_writer *writer, struct rt_err *err)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *object = NULL;
    struct stat info;
    int rc = rt_fs_read(file, &text, err);

    if (rc == RT_ENOTFOUND || (rc == 0 && text.size == 0))
        rc = 0;
    else if (rc == 0 && (rt_json_parse(rt_buf_span(&text), &object, NULL) < 0 ||
                         get_writer(object, writer) < 0))
        rc = rt_err_set(err, RT_EDAMAGED, "\"%s\" does not say what it should", file);
    else if (rc == 0)
        rc = 1;
    if (rc == 1 && stat(file, &info) == 0)
        writer->owner.heartbeat_us =
            (uint64_t)info.st_mtim.tv_sec * 1000000u + (uint64_t)info.st_mtim.tv_nsec / 1000u;
    rt_json_free(object);
    rt_buf_clear(&text);
    return rc;
}

int rt_home_writer(const char *path, uint32_t number, struct rt_home_writer *writer,
                   struct rt_err *err)
{
    char *file = rt_home_writer_path(path, number);
    int rc = RT_EDAMAGED;

    for (int i = 0; rc == RT_EDAMAGED && i < RT_HOME_TRIES; i++) {
        if (i)
            rt_home_pause();
        memset(writer, 0, sizeof *writer);
        writer->number = number;
        rc = read_writer(file, writer, err);
    }
    free(file);
    return rc;
}

void rt_home_pause(void)
{
    struct timespec pause = {0, PAUSE_NS};

    nanosleep(&pause, NULL);
}

int rt_home_begun(const char *path, uint32_t number, struct rt_home_writer *writer,
                  struct rt_err *err)
{
    int rc = 0;

    memset(writer, 0, sizeof *writer);
    for (; number > 0; number--) {
        rc = rt_home_writer(path, number, writer, err);
        if (rc < 0 || (rc == 1 && writer->begun))
            return rc;
        rt_home_writer_clear(writer);
    }
    memset(writer, 0, sizeof *writer);
    return 0;
}

int rt_home_writer_create(const char *path, const struct rt_home_writer *writer, struct rt_err *err)
{
    char *file = rt_home_writer_path(path, writer->number);
    char *folder = rt_fs_join(path, "writers");
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    put_writer(&text, writer);
    rc = rt_io_create(&rt_io_plain, file, rt_buf_span(&text), NULL, err);
    if (rc == 0)
        rc = rt_io_sync_dir(&rt_io_plain, folder, err);
    rt_buf_clear(&text);
    free(folder);
    free(file);
    return rc;
}

int rt_home_writer_replace(const char *path, const struct rt_home_writer *writer,
                           struct rt_err *err)
{
    char *file = rt_home_writer_path(path, writer->number);
    struct rt_buf text = RT_BUF_INIT;
    int rc;

    put_writer(&text, writer);
    rc = rt_fs_replace(file, rt_buf_span(&text), 0600, err);
    rt_buf_clear(&text);
    free(file);
    return rc;
}
