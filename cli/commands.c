#include "cli/cmd.h"

#include <string.h>

extern const struct rt_cmd rt_cmd_completion;
extern const struct rt_cmd rt_cmd_help;
extern const struct rt_cmd rt_cmd_man;

const struct rt_cmd *const rt_cmds[] = {
    &rt_cmd_help,
    &rt_cmd_completion,
    &rt_cmd_man,
    NULL,
};

const struct rt_cmd *rt_cmd_find(const char *name)
{
    size_t i;

    for (i = 0; rt_cmds[i]; i++)
        if (strcmp(rt_cmds[i]->name, name) == 0)
            return rt_cmds[i];
    return NULL;
}
