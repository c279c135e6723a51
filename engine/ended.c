#include "engine/ended.h"

#include "base/alloc.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

void rt_ended_failed(struct rt_ended *ended, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = rt_vprintf(format, args);
    va_end(args);
    ended->outcome = RT_OUTCOME_FAILED;
    rt_buf_reset(&ended->result);
    rt_buf_reset(&ended->reason);
    rt_buf_add(&ended->reason, text);
    free(text);
}

void rt_ended_signal_text(struct rt_buf *reason, int signal)
{
    const char *name = sigabbrev_np(signal);

    rt_buf_printf(reason, "killed by signal %d", signal);
    if (name)
        rt_buf_printf(reason, " (SIG%s)", name);
    if (signal == SIGKILL)
        rt_buf_add(reason, "; the kernel does that when memory has run out");
}
