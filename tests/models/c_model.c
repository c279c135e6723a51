/* A model in C for the pool's tests. */
#include "engine/public/retrial.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int train(const struct retrial_trial *trial, struct retrial_result *result);
int quick(const struct retrial_trial *trial, struct retrial_result *result);
int shaky(const struct retrial_trial *trial, struct retrial_result *result);

int train(const struct retrial_trial *trial, struct retrial_result *result)
{
    const char *what = retrial_text(trial, "do", "ok");

    if (strcmp(what, "segfault") == 0)
        raise(SIGSEGV);
    if (strcmp(what, "fail") == 0) {
        retrial_fail(result, "the matrix is singular");
        return 5;
    }
    if (strcmp(what, "print") == 0)
        printf("printed");
    if (strcmp(what, "empty") != 0)
        retrial_metric(result, "loss", 0.5 * retrial_real(trial, "lr", 1));
    return 0;
}

int quick(const struct retrial_trial *trial, struct retrial_result *result)
{
    retrial_metric_int(result, "n", retrial_int(trial, "i", -1));
    return 0;
}

/* Every 97th trial crashes, and number 500 takes its time. */
int shaky(const struct retrial_trial *trial, struct retrial_result *result)
{
    int64_t number = retrial_int(trial, "i", 0);

    if (number % 97 == 96)
        raise(SIGKILL);
    if (number == 500)
        usleep(300000);
    return quick(trial, result);
}
