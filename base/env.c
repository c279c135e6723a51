#include "base/env.h"

#include "base/alloc.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define VALUE_MAX 65536
#define HIDDEN    "(hidden)"

/* What decides how numbers come out: the interpreter, libraries, threads, devices, the scheduler.
 */
static const char *const recorded[] = {
    "PATH",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "TZ",
    "SHELL",
    "TMPDIR",
    "PYTHON*",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "R_LIBS*",
    "JULIA_*",
    "LOADEDMODULES",
    "_LMFILES_",
    "MODULEPATH",
    "SPACK_ENV",
    "MALLOC_*",
    "GLIBC_TUNABLES",
    "OMP_*",
    "GOMP_*",
    "KMP_*",
    "MKL_*",
    "OPENBLAS_*",
    "BLIS_*",
    "NUMEXPR_*",
    "VECLIB_*",
    "CUDA_*",
    "CUBLAS_*",
    "CUDNN_*",
    "NVIDIA_*",
    "NCCL_*",
    "HIP_*",
    "ROCR_*",
    "ROCM_*",
    "RCCL_*",
    "HSA_*",
    "ZE_*",
    "ONEAPI_*",
    "SYCL_*",
    "GPU_*",
    "XLA_*",
    "TF_*",
    "TORCH_*",
    "PYTORCH_*",
    "JAX_*",
    "KERAS_*",
    "SLURM_*",
    "SLURMD_*",
    "PBS_*",
    "LSB_*",
    "SGE_*",
    "COBALT_*",
    "FLUX_*",
    "OMPI_MCA_*",
    "OMPI_COMM_WORLD_*",
    "PMI_RANK",
    "PMI_SIZE",
    "MPICH_*",
    "I_MPI_*",
    "FI_*",
    "UCX_*",
    "PSM2_*",
    "MV2_*",
    "RETRIAL_*",
    NULL,
};

bool rt_env_is_recorded(const char *name)
{
    for (size_t i = 0; recorded[i]; i++) {
        if (fnmatch(recorded[i], name, 0) == 0)
            return true;
    }
    return false;
}

static bool is_telling(const char *word, size_t length)
{
    static const char *const telling[] = {
        "token",  "secret",     "password",    "passwd", "passphrase", "pass",   "pwd",    "key",
        "apikey", "credential", "credentials", "auth",   "jwt",        "cookie", "private"};

    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++) {
        if (strlen(telling[i]) == length && strncasecmp(telling[i], word, length) == 0)
            return true;
    }
    return false;
}

/* Whether a word of a name such as WANDB_API_KEY or --api-key tells of a secret. */
static bool name_tells(const char *name)
{
    while (*name) {
        size_t length = strcspn(name, "_-. ");

        if (is_telling(name, length))
            return true;
        name += length + (name[length] != '\0');
    }
    return false;
}

/* A long run of letters of both cases and digits: random text, not a word or a path. */
static bool is_random(const char *text, size_t length)
{
    size_t upper = 0;
    size_t lower = 0;
    size_t digits = 0;

    for (size_t i = 0; i < length; i++) {
        upper += isupper((unsigned char)text[i]) != 0;
        lower += islower((unsigned char)text[i]) != 0;
        digits += isdigit((unsigned char)text[i]) != 0;
    }
    return length >= 32 && upper >= 4 && lower >= 4 && digits >= 4;
}

static size_t run_of(const char *text)
{
    size_t length = 0;

    while (isalnum((unsigned char)text[length]))
        length++;
    return length;
}

/* Beginnings that GitHub, GitLab, OpenAI, Hugging Face, AWS, Slack, Google and JWTs give theirs. */
static bool begins_secret(const char *text)
{
    static const char *const begins[] = {"ghp_",   "gho_",  "ghu_",  "ghs_", "github_pat_",
                                         "glpat-", "sk-",   "hf_",   "AKIA", "ASIA",
                                         "xoxb-",  "xoxp-", "xoxa-", "AIza", "eyJ"};

    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        size_t length = strlen(begins[i]);

        if (strncmp(text, begins[i], length) == 0 &&
            strspn(text + length,
                   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") >= 16)
            return true;
    }
    return false;
}

/* "scheme://user:secret@host" */
static bool has_login(const char *value)
{
    for (const char *at = value; (at = strstr(at, "://")) != NULL; at += 3) {
        size_t length = strcspn(at + 3, "/ \t\n");
        const char *end = memchr(at + 3, '@', length);

        if (end && memchr(at + 3, ':', (size_t)(end - at - 3)))
            return true;
    }
    return false;
}

static bool value_tells(const char *value)
{
    bool starts = true; /* a run of letters and digits starts here */

    if (has_login(value) || strstr(value, "-----BEGIN"))
        return true;
    for (const char *at = value; *at; at++) {
        if (starts && (begins_secret(at) || is_random(at, run_of(at))))
            return true;
        starts = !isalnum((unsigned char)*at);
    }
    return false;
}

bool rt_env_is_secret(const char *name, const char *value)
{
    return name_tells(name) || value_tells(value);
}

struct rt_json *rt_env_record(char *const *environment)
{
    struct rt_json *record = rt_json_new_object();

    for (; *environment; environment++) {
        size_t length = strcspn(*environment, "=");
        char *name = rt_strndup(*environment, length);
        const char *value = *environment + length + ((*environment)[length] == '=');
        bool hide = rt_env_is_secret(name, value) || strlen(value) > VALUE_MAX;

        if (rt_env_is_recorded(name))
            rt_json_set_text(record, name, hide ? NULL : value);
        free(name);
    }
    return record;
}

char *rt_env_argument(const char *argument, const char *before)
{
    size_t length = strcspn(argument, "=");
    char *name = rt_strndup(argument, length);
    char *text;

    if (argument[length] == '=' && rt_env_is_secret(name, argument + length + 1))
        text = rt_printf("%s=%s", name, HIDDEN);
    else if (value_tells(argument) || (before && before[0] == '-' && !strchr(before, '=') &&
                                       argument[0] != '-' && name_tells(before)))
        text = rt_strdup(HIDDEN);
    else
        text = rt_strdup(argument);
    free(name);
    return text;
}
