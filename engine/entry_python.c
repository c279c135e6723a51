/* Entries that are Python functions: loaded by the module that is linked with libpython. */
#include "engine/entry.h"
#include "engine/entry_guest.h"
#include "engine/guest_template.h"
#include "engine/interpreter.h"
#include "engine/module.h"
#include "engine/python_module.h"

#include <stdlib.h>

#define FILE_NAME "retrial-python.so"

/* Sets *out if and only if it succeeds. */
static int open_module(const struct rt_python_module **out, struct rt_err *err)
{
    struct rt_buf looked = RT_BUF_INIT;
    char *path = rt_module_find(FILE_NAME, &looked);
    const void *symbol;
    int rc;

    if (!path)
        rc = rt_err_set(err, RT_EUSAGE,
                        "the module " FILE_NAME " is not in %s; build retrial where python3-dev "
                        "is installed, or set RETRIAL_MODULES",
                        rt_buf_text(&looked));
    else if ((rc = rt_module_open(path, "rt_python_module", &symbol, err)) == 0)
        *out = symbol;
    free(path);
    rt_buf_clear(&looked);
    return rc;
}

static int check_version(const struct rt_python_module *module, struct rt_err *err)
{
    if (module->abi == RT_PYTHON_ABI)
        return 0;
    return rt_err_set(err, RT_EIO,
                      FILE_NAME " was built for another version of retrial (interface %d, not "
                                "%d); install both from one build",
                      module->abi, RT_PYTHON_ABI);
}

/* Loads the entry here, to be shared by all workers; or, if the import left what no forked process
 * may use (GPU contexts, threads), lets each worker import it in an interpreter of its own. */
static int load_embedded(const struct rt_python_module *module, const struct rt_entry_task *task,
                         struct rt_entry **out, struct rt_err *err)
{
    struct rt_json *about = NULL;
    int rc;

    if ((rc = module->load(task, out, err)) < 0)
        return rc;
    if ((rc = rt_json_parse(rt_span_text((*out)->about), &about, err)) < 0)
        return rc;
    if (rt_json_get_text(about, "unshared", NULL))
        rc = rt_entry_guest_new(task, rt_json_get_text(about, "executable", "python3"), about, out,
                                err);
    rt_json_free(about);
    return rc;
}

/* Has the interpreter become the template; if it cannot, each worker starts one. */
static int load_guest(const struct rt_entry_task *task, const char *executable,
                      struct rt_entry **out, struct rt_err *err)
{
    struct rt_buf why = RT_BUF_INIT;
    int rc = 0;

    if (task->handed)
        rc = rt_guest_template_become(executable, task->handed, &why, err);
    if (rc == 0)
        rc = rt_entry_guest_load(task, executable, rt_buf_text(&why), out, err);
    rt_buf_clear(&why);
    return rc;
}

/* The very build that our libpython is of is embedded; any other interpreter is a guest. */
int rt_entry_python_load(const struct rt_entry_task *task, struct rt_entry **out,
                         struct rt_err *err)
{
    const struct rt_python_module *module = NULL;
    struct rt_entry_task mine = *task;
    struct rt_err missing;
    char *wanted = NULL;
    int rc;

    if ((rc = rt_interpreter_wanted(task->entry, &wanted, err)) < 0)
        return rc;
    rc = open_module(&module, &missing);
    if (module && (rc = check_version(module, &missing)) < 0)
        module = NULL;
    if (wanted && (!module || !module->fits(wanted))) {
        rc = load_guest(task, wanted, out, err);
    } else if (module) {
        mine.python = wanted;
        rc = load_embedded(module, &mine, out, err);
    } else {
        *err = missing;
    }
    free(wanted);
    return rc;
}
