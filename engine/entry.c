#include "engine/entry.h"

#include <string.h>

static const struct {
    const char *kind;
    int (*load)(const struct rt_entry_task *task, struct rt_entry **out, struct rt_err *err);
} kinds[] = {
    {"python", rt_entry_python_load},
    {"command", rt_entry_command_load},
    {"c", rt_entry_c_load},
};

int rt_entry_load(const struct rt_entry_task *task, struct rt_entry **out, struct rt_err *err)
{
    const char *kind = rt_json_get_text(task->entry, "kind", "");

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].load(task, out, err);
    }
    return rt_err_set(err, RT_ENEWER, "entries of kind \"%s\" are not known to this program", kind);
}

void rt_entry_free(struct rt_entry *entry)
{
    if (entry && entry->ops->free)
        entry->ops->free(entry);
}
