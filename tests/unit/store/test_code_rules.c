#include "tests/expect.h"

#include "store/code_rules.h"

static void secrets_are_known_by_name(void **state)
{
    static const char *const secret[] = {
        ".env",       ".env.local", "prod.env",        "A.PEM",         "id_rsa",
        "id_work",    ".netrc",     "hf_token",        "api-token.txt", "token",
        "token.json", "server.key", ".git-credentials"};
    static const char *const code[] = {"tokenizer.py",   "token.py",
                                       "tokens.txt",     "id_mapping.py",
                                       "tokenizer.json", ".env.example",
                                       "id_rsa.pub",     "environment.yml",
                                       "keys.py",        "special_tokens_map.json"};

    (void)state;
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
        if (!rt_code_is_secret(secret[i], false))
            fail_msg("%s is a secret", secret[i]);
    }
    for (size_t i = 0; i < sizeof code / sizeof code[0]; i++) {
        if (rt_code_is_secret(code[i], false))
            fail_msg("%s is no secret", code[i]);
    }
}

static void a_tracked_token_is_no_secret_and_a_tracked_key_is(void **state)
{
    (void)state;
    assert_false(rt_code_is_secret("token.json", true));
    assert_true(rt_code_is_secret("id_ed25519", true));
}

static void links_leave_when_they_climb_too_far(void **state)
{
    (void)state;
    assert_true(rt_code_link_leaves("a", "../b"));
    assert_true(rt_code_link_leaves("lib/a", "../../b"));
    assert_true(rt_code_link_leaves("lib/a", "x/../../../lib/a"));
    assert_false(rt_code_link_leaves("lib/a", "../b"));
    assert_false(rt_code_link_leaves("lib/a", ".././b"));
    assert_false(rt_code_link_leaves("a", "b/.."));
    assert_false(rt_code_link_leaves("a", "..b"));
    assert_false(rt_code_link_leaves("a", "/etc"));
}

static void made_files_and_notebooks_are_no_code(void **state)
{
    (void)state;
    assert_true(rt_code_is_made("__pycache__"));
    assert_true(rt_code_is_made("a.pyc"));
    assert_false(rt_code_is_made("a.py"));
    assert_true(rt_code_is_notebook("Look.ipynb"));
    assert_false(rt_code_is_notebook("ipynb.py"));
    assert_true(rt_code_is_never(".git"));
    assert_false(rt_code_is_never(".gitignore"));
}

static void patterns_are_those_of_gitignore(void **state)
{
    (void)state;
    assert_true(rt_code_pattern_matches("*.csv", "a.csv", false));
    assert_true(rt_code_pattern_matches("*.csv", "deep/er/a.csv", false));
    assert_false(rt_code_pattern_matches("*.csv", "a.csv.py", false));
    assert_true(rt_code_pattern_matches("data/", "lib/data", true));
    assert_false(rt_code_pattern_matches("data/", "lib/data", false));
    assert_true(rt_code_pattern_matches("/data", "data", true));
    assert_false(rt_code_pattern_matches("/data", "lib/data", true));
    assert_true(rt_code_pattern_matches("lib/*.txt", "lib/a.txt", false));
    assert_false(rt_code_pattern_matches("lib/*.txt", "lib/x/a.txt", false));
    assert_false(rt_code_pattern_matches("lib/*.txt", "x/lib/a.txt", false));
    assert_true(rt_code_pattern_matches("**/old/a.txt", "old/a.txt", false));
    assert_true(rt_code_pattern_matches("**/old/a.txt", "x/y/old/a.txt", false));
    assert_true(rt_code_pattern_matches("x/**/a.txt", "x/a.txt", false));
    assert_true(rt_code_pattern_matches("x/**/a.txt", "x/y/z/a.txt", false));
    assert_true(rt_code_pattern_matches("x/**", "x/y", true));
    assert_false(rt_code_pattern_matches("x/**", "x", true));
    assert_true(rt_code_pattern_matches("[ab].py", "a.py", false));
    assert_false(rt_code_pattern_matches("a", "b", false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_known_by_name),
        cmocka_unit_test(a_tracked_token_is_no_secret_and_a_tracked_key_is),
        cmocka_unit_test(links_leave_when_they_climb_too_far),
        cmocka_unit_test(patterns_are_those_of_gitignore),
        cmocka_unit_test(made_files_and_notebooks_are_no_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
