#include "cli/cmd.h"

#include <string.h>

#include "base/suggest.h"

extern const struct rt_cmd rt_cmd_bisect;
extern const struct rt_cmd rt_cmd_check;
extern const struct rt_cmd rt_cmd_checkout;
extern const struct rt_cmd rt_cmd_completion;
extern const struct rt_cmd rt_cmd_diff;
extern const struct rt_cmd rt_cmd_explain;
extern const struct rt_cmd rt_cmd_export;
extern const struct rt_cmd rt_cmd_help;
extern const struct rt_cmd rt_cmd_log;
extern const struct rt_cmd rt_cmd_ls;
extern const struct rt_cmd rt_cmd_man;
extern const struct rt_cmd rt_cmd_overview;
extern const struct rt_cmd rt_cmd_query;
extern const struct rt_cmd rt_cmd_replay;
extern const struct rt_cmd rt_cmd_resume;
extern const struct rt_cmd rt_cmd_run;
extern const struct rt_cmd rt_cmd_show;
extern const struct rt_cmd rt_cmd_status;
extern const struct rt_cmd rt_cmd_stop;
extern const struct rt_cmd rt_cmd_verdict;
extern const struct rt_cmd rt_cmd_verify;
extern const struct rt_cmd rt_cmd_why;

const struct rt_cmd *const rt_cmds[] = {
    &rt_cmd_run,      &rt_cmd_resume, &rt_cmd_stop,
    &rt_cmd_overview, &rt_cmd_status, &rt_cmd_ls,
    &rt_cmd_show,     &rt_cmd_diff,   &rt_cmd_why,
    &rt_cmd_replay,   &rt_cmd_verify, &rt_cmd_verdict,
    &rt_cmd_explain,  &rt_cmd_bisect, &rt_cmd_log,
    &rt_cmd_query,    &rt_cmd_check,  &rt_cmd_export,
    &rt_cmd_checkout, &rt_cmd_help,   &rt_cmd_completion,
    &rt_cmd_man,      NULL,
};

const struct rt_cmd *rt_cmd_find(const char *name)
{
    size_t i;

    for (i = 0; rt_cmds[i]; i++)
        if (strcmp(rt_cmds[i]->name, name) == 0)
            return rt_cmds[i];
    return NULL;
}

#define COMMANDS (sizeof rt_cmds / sizeof rt_cmds[0])

int rt_cmd_lookup(const char *name, const struct rt_cmd **cmd, struct rt_err *err)
{
    const char *names[COMMANDS] = {NULL};
    const char *near;
    size_t count = 0;

    if ((*cmd = rt_cmd_find(name)))
        return 0;
    for (size_t i = 0; rt_cmds[i]; i++)
        if (!rt_cmds[i]->hidden)
            names[count++] = rt_cmds[i]->name;
    near = rt_suggest(name, names);
    if (near)
        return rt_err_set(err, RT_EUSAGE, "unknown command \"%s\"; did you mean \"%s\"?", name,
                          near);
    return rt_err_set(err, RT_EUSAGE, "unknown command \"%s\"; \"retrial help\" lists them", name);
}
