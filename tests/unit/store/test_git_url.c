#include "tests/expect.h"

#include "store/git_url.h"

#include <stdlib.h>

static void credentials_are_taken_out(void **state)
{
    static const char *const urls[][2] = {
        {"https://host.example/a.git", "https://host.example/a.git"},
        {"https://me@host.example/a.git", "https://host.example/a.git"},
        {"https://me:secret@host.example:8443/a.git", "https://host.example:8443/a.git"},
        {"https://me:se/cr@et@host.example/a.git", "https://host.example/a.git"},
        {"https://me:se/cret@host.example/a.git", "https://host.example/a.git"},
        {"https://host.example/a.git?token=secret#x", "https://host.example/a.git"},
        {"https://host.example:443/@scope/a.git", "https://host.example:443/@scope/a.git"},
        {"ssh://git@host.example/a.git", "ssh://host.example/a.git"},
        {"ssh://[::1]:22/a.git", "ssh://[::1]:22/a.git"},
        {"git@host.example:me/a.git", "host.example:me/a.git"},
        {"oauth2:secret@host.example:me/a.git", "host.example:me/a.git"},
        {"/home/me@work/a.git", "/home/me@work/a.git"},
        {"../a.git", "../a.git"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        char *clean = rt_git_clean_url(urls[i][0]);

        assert_string_equal(clean, urls[i][1]);
        free(clean);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_are_taken_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
