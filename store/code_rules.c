#include "store/code_rules.h"

#include <fnmatch.h>
#include <limits.h>
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

/* Matches part by part, for "**" stands for any number of folders. */
static bool parts_match(const char *pattern, const char *path)
{
    size_t length = strcspn(pattern, "/");
    size_t size = strcspn(path, "/");
    char part[PATH_MAX];
    char name[PATH_MAX];

    if (length == 2 && strncmp(pattern, "**", 2) == 0) {
        if (!pattern[2])
            return path[0] != '\0';
        return parts_match(pattern + 3, path) ||
               (path[size] == '/' && parts_match(pattern, path + size + 1));
    }
    if (length >= sizeof part || size >= sizeof name)
        return false;
    memcpy(part, pattern, length);
    part[length] = '\0';
    memcpy(name, path, size);
    name[size] = '\0';
    if (fnmatch(part, name, 0) != 0)
        return false;
    if (!pattern[length] || !path[size])
        return !pattern[length] && !path[size];
    return parts_match(pattern + length + 1, path + size + 1);
}

bool rt_code_pattern_matches(const char *pattern, const char *path, bool folder)
{
    size_t length = strlen(pattern);
    const char *base = strrchr(path, '/');
    char own[PATH_MAX];

    if (length == 0 || length >= sizeof own)
        return false;
    memcpy(own, pattern, length + 1);
    if (own[length - 1] == '/') {
        if (!folder)
            return false;
        own[length - 1] = '\0';
    }
    if (!strchr(own, '/')) /* a name alone is one in any folder */
        return fnmatch(own, base ? base + 1 : path, 0) == 0;
    return parts_match(own[0] == '/' ? own + 1 : own, path);
}

bool rt_code_ignored(const char *const *patterns, size_t count, const char *path, bool folder)
{
    bool ignored = false;

    for (size_t i = 0; i < count; i++) {
        bool back = patterns[i][0] == '!';

        if (ignored == back && rt_code_pattern_matches(patterns[i] + back, path, folder))
            ignored = !back;
    }
    return ignored;
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
