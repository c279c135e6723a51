/* Starting the interpreter: the build we are linked with, whatever the environment says. */
#include "engine/modules/python.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <stdbool.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

bool rt_python_fits(const char *executable)
{
    char *ours = rt_fs_absolute(RT_PYTHON_EXECUTABLE);
    char *theirs = rt_fs_absolute(executable);
    bool fits = strcmp(ours, theirs) == 0;

    free(ours);
    free(theirs);
    return fits;
}

static PyStatus configure(PyConfig *config, const char *executable)
{
    PyStatus status;

    PyConfig_InitPythonConfig(config);
    config->use_environment = 0; /* PYTHONHOME of another build would mix two libraries */
    config->parse_argv = 0;
    config->install_signal_handlers = 0;
    config->safe_path = 1;
    config->write_bytecode = 0; /* the checkout stays as it was recorded */
    config->pathconfig_warnings = 0;
    config->use_hash_seed = 1; /* sets are iterated in the same order everywhere */
    config->hash_seed = 0;
    status = PyConfig_SetBytesString(config, &config->program_name, executable);
    if (!PyStatus_Exception(status))
        status = PyConfig_SetBytesString(config, &config->executable, executable);
    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->stdio_encoding, L"utf-8");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->stdio_errors, L"backslashreplace");
    return status;
}

int rt_python_start(const char *executable, struct rt_err *err)
{
    PyConfig config;
    PyPreConfig before;
    PyStatus status;
    int rc = 0;

    if (!executable)
        executable = RT_PYTHON_EXECUTABLE;
    PyPreConfig_InitPythonConfig(&before);
    before.use_environment = 0;
    before.parse_argv = 0;
    status = Py_PreInitialize(&before);
    if (!PyStatus_Exception(status)) {
        status = configure(&config, executable);
        if (!PyStatus_Exception(status))
            status = Py_InitializeFromConfig(&config);
        PyConfig_Clear(&config);
    }
    if (PyStatus_Exception(status))
        rc = rt_err_set(err, RT_EUSAGE, "starting Python (%s): %s", executable,
                        status.err_msg ? status.err_msg : "it exited");
    /* As the interpreter does for programs of its own. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return rc;
}
