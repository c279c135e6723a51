#include "engine/guest_template.h"

#include "base/json.h"
#include "engine/guest.h"
#include "engine/guest_exec.h"
#include "engine/module.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_NAME "retrial-guest.so"

/* What the interpreter runs: it never comes back from serve(). */
static const char boot[] = "from importlib import util\n"
                           "spec = util.spec_from_file_location('retrial_guest', sys.argv[1])\n"
                           "module = util.module_from_spec(spec)\n"
                           "spec.loader.exec_module(module)\n"
                           "module.serve(int(sys.argv[2]), int(sys.argv[3]))\n";

/* Lets a process of its own load the module: true if it could. Otherwise *why is appended to; that
 * the interpreter does not start at all is found when it is tried without the module. */
static bool can_load(const char *executable, const char *module, struct rt_buf *why)
{
    struct rt_guest guest = RT_GUEST_INIT;
    struct rt_json *task = rt_json_new_object();
    struct rt_json *about = NULL;
    const char *refusal = NULL;
    struct rt_err err;

    rt_json_set_text(task, "module", module);
    if (rt_guest_start(&guest, executable, task, &about, &err) < 0)
        refusal = err.text;
    else if (!(refusal = rt_json_get_text(about, "refusal", NULL)) &&
             rt_json_get_int(about, "abi", 0) != RT_GUEST_ABI)
        refusal = FILE_NAME " is of another version of retrial";
    if (refusal)
        rt_buf_printf(why, "it cannot load %s: %s", FILE_NAME, refusal);
    rt_guest_stop(&guest);
    rt_json_free(about);
    rt_json_free(task);
    return refusal == NULL;
}

static int become(const char *executable, const char *module, const int *handed, struct rt_err *err)
{
    char numbers[2][16];
    const char *arguments[] = {module, numbers[0], numbers[1]};

    for (int i = 0; i < 2; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%d", handed[i]);
        fcntl(handed[i], F_SETFD, 0); /* without close-on-exec */
    }
    rt_guest_exec(executable, boot, arguments, 3);
    return rt_err_errno(err, RT_EUSAGE, "running \"%s\"", executable);
}

int rt_guest_template_become(const char *executable, const int *handed, struct rt_buf *why,
                             struct rt_err *err)
{
    struct rt_buf looked = RT_BUF_INIT;
    char *module = rt_module_find(FILE_NAME, &looked);
    int rc = 0;

    if (!module)
        rt_buf_printf(why, "%s is not in %s", FILE_NAME, rt_buf_text(&looked));
    else if (can_load(executable, module, why))
        rc = become(executable, module, handed, err);
    free(module);
    rt_buf_clear(&looked);
    return rc;
}
