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

/* PGPASSWORD, hftoken2, accessToken: words that are found at the end, or anywhere in others. */
static bool has_telling(const char *word, size_t length)
{
    static const char *const ends[] = {"token", "apikey", "accesskey", "secretkey", "privatekey"};
    static const char *const anywhere[] = {"password", "passwd", "passphrase", "secret",
                                           "credential"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t end = strlen(ends[i]);

        if (length > end && strncasecmp(word + length - end, ends[i], end) == 0)
            return true;
    }
    for (size_t i = 0; i < sizeof anywhere / sizeof anywhere[0]; i++) {
        for (size_t at = 0; at + strlen(anywhere[i]) <= length; at++) {
            if (strncasecmp(word + at, anywhere[i], strlen(anywhere[i])) == 0)
                return true;
        }
    }
    return false;
}

/* Whether a word of a name such as WANDB_API_KEY or --api-key tells of a secret. */
static bool name_tells_span(const char *name, size_t size)
{
    const char *end = name + size;

    while (name < end) {
        size_t length = strcspn(name, "_-. ");
        size_t word = length < (size_t)(end - name) ? length : (size_t)(end - name);
        size_t bare = word;

        while (bare && isdigit((unsigned char)name[bare - 1]))
            bare--;
        if (is_telling(name, bare) || has_telling(name, bare))
            return true;
        name += word + 1;
    }
    return false;
}

static bool name_tells(const char *name)
{
    return name_tells_span(name, strlen(name));
}

struct mix {
    size_t upper;
    size_t lower;
    size_t digits;
};

static struct mix mix_of(const char *text, size_t length)
{
    struct mix mix = {0, 0, 0};

    for (size_t i = 0; i < length; i++) {
        mix.upper += isupper((unsigned char)text[i]) != 0;
        mix.lower += islower((unsigned char)text[i]) != 0;
        mix.digits += isdigit((unsigned char)text[i]) != 0;
    }
    return mix;
}

/* A long run of letters of both cases and digits: random text, not a word or a path. */
static bool is_random(const char *text, size_t length)
{
    struct mix mix = mix_of(text, length);

    return length >= 32 && mix.upper >= 4 && mix.lower >= 4 && mix.digits >= 4;
}

static size_t run_of(const char *text)
{
    size_t length = 0;

    while (isalnum((unsigned char)text[length]))
        length++;
    return length;
}

/* Beginnings that GitHub, GitLab, OpenAI, Hugging Face, AWS, Slack, Stripe, Docker, PyPI, Google
 * and JWTs give theirs. */
static bool begins_secret(const char *text)
{
    static const char *const begins[] = {
        "ghp_",     "gho_",      "ghu_",     "ghs_", "ghr_", "github_pat_", "glpat-", "sk-",
        "sk_live_", "rk_live_",  "hf_",      "AKIA", "ASIA", "xoxb-",       "xoxp-",  "xoxa-",
        "xoxs-",    "dckr_pat_", "pypi-AgE", "ya29", "AIza", "eyJ"};

    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        size_t length = strlen(begins[i]);

        if (strncmp(text, begins[i], length) == 0 &&
            strspn(text + length,
                   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.") >= 16)
            return true;
    }
    return false;
}

/* "user:secret@host", "token@host" with a long token; a secret may have a slash in it. */
static bool is_login(const char *text)
{
    size_t word = strcspn(text, " \t\n\"'");
    size_t length = strcspn(text, "/ \t\n");
    const char *colon = memchr(text, ':', length);
    const char *end = memchr(text, '@', length);

    if (end)
        return (colon && colon < end) || end - text >= 16;
    return colon && !isdigit((unsigned char)colon[1]) && colon[1] != '/' &&
           memchr(colon, '@', word - (size_t)(colon - text)); /* behind digits it is a port */
}

/* "scheme://user:secret@host" */
static bool has_login(const char *value)
{
    for (const char *at = value; (at = strstr(at, "://")) != NULL; at += 3) {
        if (is_login(at + 3))
            return true;
    }
    return false;
}

/* "...?token=x", "Password=x;...", "train --api-key x": a name in a value, with something behind.
 */
static bool has_named(const char *value)
{
    static const char names[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";

    for (const char *at = value; *at;) {
        size_t length = strspn(at, names);
        const char *next = at + length;

        if (length && next[0] && next[1] && (next[0] == '=' || (next[0] == ' ' && at[0] == '-')) &&
            name_tells_span(at, length))
            return true;
        at = next + (*next != '\0');
    }
    return false;
}

/* "Authorization: Bearer x" */
static bool has_bearer(const char *value)
{
    const char *at = strcasestr(value, "bearer ");

    return at && strcspn(at + 7, " ") >= 8;
}

/* 40 characters of base64 and nothing else, as AWS's secret keys are. */
static bool is_secret_key(const char *value)
{
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct mix mix = mix_of(value, strnlen(value, 40));

    return strlen(value) == 40 && strspn(value, base64) == 40 && value[0] != '/' &&
           mix.upper >= 8 && mix.lower >= 8 && mix.digits >= 1;
}

static bool value_tells(const char *value)
{
    bool starts = true; /* a run of letters and digits starts here */

    if (has_login(value) || strstr(value, "-----BEGIN") || has_named(value) || has_bearer(value) ||
        is_secret_key(value))
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
