#ifndef RT_TESTS_EXPECT_H
#define RT_TESTS_EXPECT_H
/* What every unit test includes: cmocka, and checks that print the reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/err.h"

/* How often to repeat what chance varies: a tenth under valgrind, which is fifty times slower. */
static inline unsigned expect_turns(unsigned turns)
{
    return getenv("RETRIAL_VALGRIND") ? turns / 10 + 1 : turns;
}

/* The call, which takes &err as its last argument, must succeed. */
#define expect_ok(err, call)                                                                       \
    do {                                                                                           \
        (err).text[0] = '\0';                                                                      \
        int expect_rc_ = (call);                                                                   \
        if (expect_rc_ < 0)                                                                        \
            fail_msg("%s: code %d: %s", #call, expect_rc_, (err).text);                            \
    } while (0)

/* The call must fail with this code, and the message must contain this text. */
#define expect_error(err, want, part, call)                                                        \
    do {                                                                                           \
        (err).text[0] = '\0';                                                                      \
        int expect_rc_ = (call);                                                                   \
        if (expect_rc_ != (want))                                                                  \
            fail_msg("%s: code %d instead of %d: %s", #call, expect_rc_, (want), (err).text);      \
        if (!strstr((err).text, (part)))                                                           \
            fail_msg("%s: message \"%s\" lacks \"%s\"", #call, (err).text, (part));                \
    } while (0)

#endif
