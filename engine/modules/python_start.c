/* Starting the interpreter: the build we are linked with, whatever the environment says. */
#include "engine/modules/python.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <stdbool.h>
#include <signal.h>
#include <stdlib.h>

/* True if the pyvenv.cfg belongs to an environment made with the very build of our libpython: it
 * names the folder of that interpreter and its full version. */
static bool is_of_our_build(const char *config)
{
    struct rt_buf text = RT_BUF_INIT;
    char *folder = rt_fs_parent(RT_PYTHON_EXECUTABLE);
    bool home = false;
    bool version = false;

    if (rt_fs_read(config, &text, NULL) == 0) {
        char *rest = rt_buf_take(&text);
        char *line;
        char *next = rest;

        while ((line = strsep(&next, "\n")) != NULL) {
            char value[1024];

            if (sscanf(line, "home = %1023[^\n]", value) == 1)
                home = strcmp(value, folder) == 0;
            if (sscanf(line, "version = %1023s", value) == 1)
                version = strcmp(value, PY_VERSION) == 0;
        }
        free(rest);
    }
    rt_buf_clear(&text);
    free(folder);
    return home && version;
}

/* The interpreter to be: that of the active virtual environment if it fits; yours. */
static char *choose_executable(void)
{
    const char *venv = getenv("VIRTUAL_ENV");
    char *config = venv && *venv ? rt_fs_join(venv, "pyvenv.cfg") : NULL;
    char *chosen = config && is_of_our_build(config) ? rt_fs_join(venv, "bin/python3")
                                                     : rt_strdup(RT_PYTHON_EXECUTABLE);

    free(config);
    return chosen;
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

int rt_python_start(struct rt_err *err)
{
    char *executable = choose_executable();
    PyConfig config;
    PyPreConfig before;
    PyStatus status;
    int rc = 0;

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
    free(executable);
    return rc;
}
