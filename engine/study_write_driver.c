/* Writing "driver" and "space" as a study file has them. */
#include "engine/study_own.h"

#include <string.h>

#define SILENCE_US 60000000

static void copy_members(const struct rt_json *from, struct rt_json *to)
{
    static const char *const names[] = {"trials", "in_flight", "strict", NULL};

    for (size_t i = 0; names[i]; i++) {
        if (rt_json_get(from, names[i]))
            rt_json_set(to, names[i], rt_json_copy(rt_json_get(from, names[i])));
    }
    if (strcmp(rt_json_get_text(from, "resume", "replay"), "replay") != 0)
        rt_json_set_text(to, "resume", rt_json_get_text(from, "resume", ""));
}

static void set_duration(const struct rt_json *driver, const char *from, struct rt_json *to,
                         const char *name)
{
    int64_t us = rt_json_get_int(driver, from, 0);
    struct rt_buf text = RT_BUF_INIT;

    if (us) {
        rt_buf_printf(&text, "%lldms", (long long)us / 1000);
        rt_json_set_text(to, name, rt_buf_text(&text));
    }
    rt_buf_clear(&text);
}

static void set_stop(const struct rt_json *driver, struct rt_json *section)
{
    int64_t count = rt_json_get_int(driver, "no_better_for", 0);
    const struct rt_json *target = rt_json_get(driver, "target");
    struct rt_json *stop = rt_json_new_object();

    if (count)
        rt_json_set_int(stop, "no_better_for", count);
    if (target)
        rt_json_set(stop, "target", rt_json_copy(target));
    set_duration(driver, "time_us", stop, "time");
    if (rt_json_count(stop))
        rt_json_set(section, "stop", stop);
    else
        rt_json_free(stop);
    if (rt_json_get_int(driver, "silence_us", SILENCE_US) != SILENCE_US)
        set_duration(driver, "silence_us", section, "silence");
}

static void set_program(const struct rt_json *driver, struct rt_json *section)
{
    const char *kind = rt_json_get_text(driver, "kind", "");
    const struct rt_json *argv = rt_json_get(driver, "argv");
    const struct rt_json *args = rt_json_get(driver, "args");
    const char *python = rt_json_string(rt_json_at(argv, 0));

    if (strcmp(kind, "command") == 0)
        rt_json_set(section, "command", rt_json_copy(argv));
    else if (python && strcmp(python, "python3") != 0)
        rt_json_set_text(section, "python", python);
    if (strcmp(kind, "file") == 0)
        rt_json_set_text(section, "file", rt_json_string(rt_json_at(argv, 1)));
    if (strcmp(kind, "module") != 0) {
        if (args)
            rt_json_set(section, "args", rt_json_copy(args));
        return;
    }
    for (void *i = rt_json_first(args); i; i = rt_json_next(args, i))
        rt_json_set(section, rt_json_iter_key(i), rt_json_copy(rt_json_iter_value(i)));
}

void rt_study_write_driver(const struct rt_json *plan, struct rt_buf *out)
{
    const struct rt_json *driver = rt_json_get(plan, "driver");
    const struct rt_json *space = rt_json_get(plan, "space");
    struct rt_json *section = rt_json_new_object();

    if (space) {
        rt_buf_add(out, "space: ");
        rt_json_canonical(space, out);
        rt_buf_add(out, "\n");
    }
    if (driver) {
        set_program(driver, section);
        copy_members(driver, section);
        set_stop(driver, section);
        rt_buf_add(out, "driver: ");
        rt_json_canonical(section, out);
        rt_buf_add(out, "\n");
    }
    rt_json_free(section);
}
