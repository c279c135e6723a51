#include "store/code_rules.h"

#include <fnmatch.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool any(const char *name, const char *const *patterns)
{
    for (; *patterns; patterns++) {
        if (fnmatch(*patterns, name, FNM_CASEFOLD) == 0)
            return true;
    }
    return false;
}

bool rt_code_is_never(const char *name)
{
    return strcmp(name, ".git") == 0 || strcmp(name, ".retrial") == 0;
}

bool rt_code_is_made(const char *name)
{
    static const char *const made[] = {"__pycache__", "*.pyc", "*.pyo", NULL};

    return any(name, made);
}

bool rt_code_is_notebook(const char *name)
{
    static const char *const notebooks[] = {"*.ipynb", ".ipynb_checkpoints", NULL};

    return any(name, notebooks);
}

bool rt_code_is_source(const char *name)
{
    static const char *const sources[] = {
        "*.py",  "*.pyi",    "*.pyx",          "*.ipy",  "*.c",   "*.h",    "*.cc", "*.cpp",
        "*.cxx", "*.hpp",    "*.cu",           "*.f",    "*.f90", "*.jl",   "*.r",  "*.rs",
        "*.go",  "*.js",     "*.ts",           "*.java", "*.sh",  "*.bash", "*.pl", "*.lua",
        "*.m",   "Makefile", "CMakeLists.txt", NULL};

    return any(name, sources);
}

/* tokenizer.json and special_tokens_map.json are no secrets; hf_token and token.json are. */
static bool names_a_token(const char *name)
{
    static const char *const tokens[] = {"token",   "token.*",       "*[-_.]token", "*[-_.]token.*",
                                         "*tokens", "*accesstoken*", NULL};

    return any(name, tokens) && !rt_code_is_source(name);
}

bool rt_code_is_secret(const char *name, bool tracked)
{
    static const char *const samples[] = {"*.example", "*.sample", "*.template", "*.pub", NULL};
    static const char *const secrets[] = {".env",
                                          ".env.*",
                                          "*.env",
                                          "*.pem",
                                          "*.key",
                                          "*.p12",
                                          "*.pfx",
                                          "*.keytab",
                                          "*.kdbx",
                                          ".netrc",
                                          "_netrc",
                                          ".pgpass",
                                          ".my.cnf",
                                          ".git-credentials",
                                          ".pypirc",
                                          "id_rsa*",
                                          "id_dsa*",
                                          "id_ecdsa*",
                                          "id_ed25519*",
                                          "credentials",
                                          "credentials.json",
                                          NULL};

    if (any(name, samples))
        return false;
    if (any(name, secrets) || (strncmp(name, "id_", 3) == 0 && !strchr(name, '.')))
        return true;
    return !tracked && names_a_token(name);
}

bool rt_code_link_leaves(const char *path, const char *target)
{
    long depth = 0;

    if (target[0] == '/')
        return false;
    for (const char *at = path; (at = strchr(at, '/')) != NULL; at++)
        depth++;
    while (*target) {
        size_t length = strcspn(target, "/");

        if (length == 2 && strncmp(target, "..", 2) == 0) {
            if (--depth < 0)
                return true;
        } else if (length > 0 && !(length == 1 && target[0] == '.')) {
            depth++;
        }
        target += length + (target[length] == '/');
    }
    return false;
}
