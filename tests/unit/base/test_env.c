#include "tests/expect.h"

#include "base/env.h"

#include <stdlib.h>

static void what_explains_a_run_is_recorded_and_the_rest_is_not(void **state)
{
    static const char *const yes[] = {"PATH",        "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES",
                                      "LC_ALL",      "SLURM_JOB_ID",    "PYTHONPATH",
                                      "CONDA_PREFIX"};
    static const char *const no[] = {"HOME",       "SSH_AUTH_SOCK", "AWS_SECRET_ACCESS_KEY",
                                     "PS1",        "XPATH",         "WANDB_API_KEY",
                                     "http_proxy", "path"};

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        assert_true(rt_env_is_recorded(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        assert_false(rt_env_is_recorded(no[i]));
}

static void names_and_values_tell_of_secrets(void **state)
{
    static const char *const secret[][2] = {
        {"SLURM_JWT", "x"},
        {"RETRIAL_API_KEY", "x"},
        {"TF_PASSWORD", "x"},
        {"PYTHON_AUTH_TOKEN", "x"},
        {"PIP", "https://me:secret@host.example/simple"},
        {"X", "a https://h.example and ftp://u:p@h.example"},
        {"X", "ghp_0123456789abcdefghij0123456789abcdef"},
        {"X", "--with=hf_abcdefghijklmnopqrstuvwxyz"},
        {"X", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x"},
        {"X", "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE"},
        {"X", "-----BEGIN RSA PRIVATE KEY-----"},
        {"SLURM_FOO_TOKEN", "x"},
        {"TF_HFTOKEN", "x"},
        {"TORCH_PGPASSWORD2", "x"},
        {"JAX_accessToken", "x"},
        {"RETRIAL_MYAPIKEY", "x"},
        {"SLURM_AWS_SECRET", "x"},
        {"X", "https://user:pa/ss@host.example/simple"},
        {"X", "https://0123456789abcdef0123@git.example/x"},
        {"X", "https://host.example/x?a=1&X-Amz-Security-Token=abc"},
        {"X", "https://host.example/x?token=abc"},
        {"X", "Server=db;User=me;Password=hunter2;"},
        {"X", "train --api-key abc"},
        {"X", "Authorization: Bearer abcdefgh12"},
        {"X", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
        {"X", "ya29.a0AfH6SMBx-abcdefghijk"},
        {"X", "pypi-AgEIcHlwaS5vcmcCJDU3"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
        if (!rt_env_is_secret(secret[i][0], secret[i][1]))
            fail_msg("%s=%s is a secret", secret[i][0], secret[i][1]);
    }
}

static void ordinary_values_are_no_secrets(void **state)
{
    static const char *const plain[][2] = {
        {"PATH", "/opt/spack/linux-x86_64/gcc-12.2.0-5c6h3uxhp7kqhcwbnzq2sjnsaf3gd2zb/bin:/bin"},
        {"SLURM_JOB_NODELIST", "node[001-128]"},
        {"CUDA_VISIBLE_DEVICES", "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6"},
        {"PYTHONPATH", "/home/me/tokenizers:/home/me@work/lib"},
        {"TF_XLA_FLAGS", "--tf_xla_auto_jit=2"},
        {"OMP_PLACES", "{0:4}:4:8"},
        {"X", "https://host.example/simple?x=1"},
        {"X", "sk-learn"},
        {"PYTHONKEYS", "x"},
        {"X", ""},
        {"X", "https://host.example:8080/a@b"},
        {"X", "ssh://git@host.example/x.git"},
        {"TF_TOKENIZERS", "x"},
        {"PATH", "/home/key:/opt/token/bin"},
        {"X", "--passes 3 --monkey=1"},
        {"SLURM_TASKS_PER_NODE", "2(x3)"},
        {"X", "token="},
        {"LOADEDMODULES",
         "GCC/12.2.0:OpenMPI/4.1.4-GCC-12.2.0:PyTorch/2.1.2-foss-2023a-CUDA-12.1.1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (rt_env_is_secret(plain[i][0], plain[i][1]))
            fail_msg("%s=%s is no secret", plain[i][0], plain[i][1]);
    }
}

static void a_record_has_allowed_values_and_null_for_secrets(void **state)
{
    static char path[] = "PATH=/bin=1";
    static char home[] = "HOME=/home/me";
    static char secret[] = "SLURM_JWT=abc";
    static char empty[] = "OMP_PLACES=";
    static char odd[] = "OMP_ODD";
    char *environment[] = {path, home, secret, empty, odd, NULL};
    struct rt_json *record = rt_env_record(environment);
    char *text = rt_json_text(record);

    (void)state;
    assert_string_equal(
        text, "{\"OMP_ODD\":\"\",\"OMP_PLACES\":\"\",\"PATH\":\"/bin=1\",\"SLURM_JWT\":null}");
    free(text);
    rt_json_free(record);
}

static void a_very_long_value_is_null(void **state)
{
    char *value = malloc(70000);
    char *environment[] = {value, NULL};
    struct rt_json *record;

    (void)state;
    memset(value, 'a', 69999);
    value[69999] = '\0';
    memcpy(value, "PATH=", 5);
    record = rt_env_record(environment);
    assert_int_equal(rt_json_kind(rt_json_get(record, "PATH")), RT_JSON_NULL);
    rt_json_free(record);
    free(value);
}

static void arguments_that_are_secrets_are_hidden(void **state)
{
    static const char *const arguments[][3] = {
        {"--password=abc", NULL, "--password=(hidden)"},
        {"api_key=abc", "-S", "api_key=(hidden)"},
        {"abc", "--token", "(hidden)"},
        {"-S", "--token", "-S"},
        {"ghp_0123456789abcdefghij0123456789abcdef", "-S", "(hidden)"},
        {"lr=1e-4,1e-3", "-S", "lr=1e-4,1e-3"},
        {"tokens=128", "-S", "tokens=128"},
        {"train.py:train", "run", "train.py:train"},
        {"x", "--key=1", "x"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++) {
        char *text = rt_env_argument(arguments[i][0], arguments[i][1]);

        assert_string_equal(text, arguments[i][2]);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_explains_a_run_is_recorded_and_the_rest_is_not),
        cmocka_unit_test(names_and_values_tell_of_secrets),
        cmocka_unit_test(ordinary_values_are_no_secrets),
        cmocka_unit_test(a_record_has_allowed_values_and_null_for_secrets),
        cmocka_unit_test(a_very_long_value_is_null),
        cmocka_unit_test(arguments_that_are_secrets_are_hidden),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
