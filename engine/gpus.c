#include "engine/gpus.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/fs.h"
#include "base/host.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES_MAX 4096 /* of one node; what a variable lists beyond is not looked at */

/* Variables that name devices, in the order in which they are asked. ROCR's hides devices from
 * HIP, whose numbers then count what is left: so the first one that is set is narrowed. */
static const char *const naming[] = {"CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES",
                                     "ROCR_VISIBLE_DEVICES"};

static char *read_told(const char *folder, const char *name, const char *file)
{
    char *path = rt_printf("%s/%s/%s", folder, name, file);
    struct rt_buf text = RT_BUF_INIT;

    if (rt_fs_read(path, &text, NULL) < 0)
        rt_buf_reset(&text);
    free(path);
    return rt_buf_take(&text);
}

/* The rest of the line that starts with `name`; yours, NULL if there is none. */
static char *value_of(const char *text, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0) {
            line += length;
            line += strspn(line, " \t:");
            return rt_strndup(line, strcspn(line, "\n"));
        }
    }
    return NULL;
}

static int is_entry(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Names in a folder, sorted by the numbers in them; -1 if it cannot be read. */
static int list(const char *folder, struct dirent ***names)
{
    return scandir(folder, names, is_entry, versionsort);
}

static void free_names(struct dirent **names, int count)
{
    for (int i = 0; i < count; i++)
        free(names[i]);
    if (count >= 0)
        free(names);
}

static void add(struct rt_gpus *gpus, char *id)
{
    for (size_t i = 0; i < gpus->count; i++) {
        if (strcmp(gpus->ids[i], id) == 0) {
            free(id);
            return;
        }
    }
    gpus->ids = rt_realloc(gpus->ids, (gpus->count + 1) * sizeof *gpus->ids);
    gpus->ids[gpus->count++] = id;
}

/* A list as CUDA reads it: it ends at the first item that can be no device. */
static void add_listed(struct rt_gpus *gpus, const char *text)
{
    while (*text && gpus->count < DEVICES_MAX) {
        size_t length;

        text += strspn(text, " \t");
        length = strcspn(text, ", \t");
        if (length == 0 || text[0] == '-' ||
            (length == 10 && strncmp(text, "NoDevFiles", length) == 0))
            return;
        add(gpus, rt_strndup(text, length));
        text += length + strspn(text + length, " \t");
        text += *text == ',';
    }
}

static bool find_by_variable(struct rt_gpus *gpus)
{
    const char *first = NULL;
    size_t used = 0;

    for (size_t i = 0; i < sizeof naming / sizeof naming[0]; i++) {
        const char *text = getenv(naming[i]);

        if (!text || used == RT_GPUS_VARIABLES || (first && strcmp(text, first) != 0) ||
            (first && i == 2))
            continue;
        if (!first)
            add_listed(gpus, text);
        first = text;
        gpus->variables[used++] = naming[i];
    }
    if (first)
        gpus->source = gpus->variables[0];
    return first != NULL;
}

static bool is_nvidia_file(const char *name)
{
    return strncmp(name, "nvidia", 6) == 0 && isdigit((unsigned char)name[6]) &&
           strspn(name + 6, "0123456789") == strlen(name + 6);
}

static size_t count_nvidia_files(void)
{
    char *folder = rt_host_path("/dev");
    struct dirent **names;
    int count = list(folder, &names);
    size_t found = 0;

    for (int i = 0; i < count; i++)
        found += is_nvidia_file(names[i]->d_name);
    free_names(names, count);
    free(folder);
    return found;
}

/* A container may have fewer device files than the host has devices. */
static size_t count_nvidia(void)
{
    char *folder = rt_host_path("/proc/driver/nvidia/gpus");
    struct dirent **names;
    int count = list(folder, &names);
    size_t files = count_nvidia_files();

    free_names(names, count);
    free(folder);
    return count > 0 && (files == 0 || (size_t)count < files) ? (size_t)count : files;
}

/* Whether a node of the kernel's list of compute devices is a GPU; CPUs have no SIMD units. */
static bool is_amd(const char *folder, const char *name)
{
    char *text = read_told(folder, name, "properties");
    char *units = value_of(text, "simd_count");
    bool is = units && strtoul(units, NULL, 10) > 0;

    free(units);
    free(text);
    return is;
}

static size_t count_amd(void)
{
    char *folder = rt_host_path("/sys/class/kfd/kfd/topology/nodes");
    struct dirent **names;
    int count = list(folder, &names);
    size_t found = 0;

    for (int i = 0; i < count; i++)
        found += is_amd(folder, names[i]->d_name);
    free_names(names, count);
    free(folder);
    return found;
}

static void add_numbers(struct rt_gpus *gpus, size_t count)
{
    for (size_t i = 0; i < count && i < DEVICES_MAX; i++)
        add(gpus, rt_printf("%zu", i));
    gpus->counted = true;
}

void rt_gpus_find(struct rt_gpus *gpus)
{
    const char *given = getenv("RETRIAL_GPUS");
    size_t nvidia;

    *gpus = (struct rt_gpus){.source = "/proc/driver/nvidia, /dev/nvidia* and /sys/class/kfd"};
    if (given) {
        add_listed(gpus, given);
        gpus->source = "RETRIAL_GPUS";
        gpus->variables[0] = naming[0];
        gpus->variables[1] = naming[1];
    } else if (!find_by_variable(gpus)) {
        nvidia = count_nvidia();
        add_numbers(gpus, nvidia ? nvidia : count_amd());
        gpus->variables[0] = nvidia ? "CUDA_VISIBLE_DEVICES" : "ROCR_VISIBLE_DEVICES";
    }
}

void rt_gpus_clear(struct rt_gpus *gpus)
{
    for (size_t i = 0; i < gpus->count; i++)
        free(gpus->ids[i]);
    free(gpus->ids);
    *gpus = (struct rt_gpus){.ids = NULL};
}

void rt_gpus_share(struct rt_gpus *gpus, unsigned number, unsigned of)
{
    size_t first = gpus->count * number / of;
    size_t end = gpus->count * (number + 1) / of;
    size_t kept = 0;

    for (size_t i = 0; i < gpus->count; i++) {
        if (i >= first && i < end)
            gpus->ids[kept++] = gpus->ids[i];
        else
            free(gpus->ids[i]);
    }
    gpus->count = kept;
}

static void set_value(struct rt_json *object, const char *key, const char *text, const char *name)
{
    char *value = value_of(text, name);

    if (value && value[0])
        rt_json_set_text(object, key, value);
    free(value);
}

static void tell_nvidia(struct rt_json *devices)
{
    char *folder = rt_host_path("/proc/driver/nvidia/gpus");
    struct dirent **names;
    int count = list(folder, &names);

    for (int i = 0; i < count; i++) {
        char *text = read_told(folder, names[i]->d_name, "information");
        struct rt_json *device = rt_json_new_object();

        set_value(device, "model", text, "Model");
        set_value(device, "uuid", text, "GPU UUID");
        rt_json_set_text(device, "bus", names[i]->d_name);
        rt_json_append(devices, device);
        free(text);
    }
    free_names(names, count);
    free(folder);
}

static void tell_amd(struct rt_json *devices)
{
    char *folder = rt_host_path("/sys/class/kfd/kfd/topology/nodes");
    struct dirent **names;
    int count = list(folder, &names);

    for (int i = 0; i < count; i++) {
        char *name = read_told(folder, names[i]->d_name, "name");
        struct rt_json *device;

        name[strcspn(name, "\n")] = '\0';
        if (is_amd(folder, names[i]->d_name)) {
            device = rt_json_new_object();
            rt_json_set_text(device, "model", name[0] ? name : "AMD GPU");
            rt_json_append(devices, device);
        }
        free(name);
    }
    free_names(names, count);
    free(folder);
}

/* "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 ...": the version is
 * the first word that begins with a digit and has a dot in it. */
static char *nvidia_version(const char *line)
{
    while (line && *line) {
        size_t length = strcspn(line, " \t\n");

        if (isdigit((unsigned char)line[0]) && memchr(line, '.', length))
            return rt_strndup(line, length);
        line += length + strspn(line + length, " \t\n");
    }
    return rt_strdup("");
}

static char *driver(void)
{
    char *root = rt_host_path("");
    char *text = read_told(root, "proc/driver/nvidia", "version");
    char *line = value_of(text, "NVRM version");
    char *version = nvidia_version(line);

    if (!version[0]) {
        free(version);
        version = read_told(root, "sys/module/amdgpu", "version");
        version[strcspn(version, "\n")] = '\0';
    }
    free(line);
    free(text);
    free(root);
    return version;
}

struct rt_json *rt_gpus_about(void)
{
    struct rt_json *about = rt_json_new_object();
    struct rt_json *devices = rt_json_new_array();
    char *version = driver();
    struct rt_gpus gpus;

    if (version[0])
        rt_json_set_text(about, "driver", version);
    tell_nvidia(devices);
    tell_amd(devices);
    rt_json_set(about, "devices", devices);
    rt_gpus_find(&gpus);
    rt_json_set_int(about, "usable", (int64_t)gpus.count);
    free(version);
    rt_gpus_clear(&gpus);
    if (rt_json_count(devices) == 0 && rt_json_get_int(about, "usable", 0) == 0) {
        rt_json_free(about);
        return NULL;
    }
    return about;
}
