/* Entries that are Python functions: loaded by the module that is linked with libpython. */
#include "engine/entry.h"
#include "engine/module.h"
#include "engine/python_module.h"

int rt_entry_python_load(const struct rt_entry_task *task, struct rt_entry **out,
                         struct rt_err *err)
{
    const struct rt_python_module *module;
    const void *symbol;
    int rc;

    if ((rc = rt_module_load("retrial-python.so", "rt_python_module", &symbol, err)) < 0)
        return rc == RT_ENOTFOUND
                   ? rt_err_while(err, "running Python needs retrial built where python3-dev is")
                   : rc;
    module = symbol;
    if (module->abi != RT_PYTHON_ABI)
        return rt_err_set(err, RT_EIO,
                          "retrial-python.so was built for another version of retrial (interface "
                          "%d, not %d); install both from one build",
                          module->abi, RT_PYTHON_ABI);
    return module->load(task, out, err);
}
