/*
 * The function of model.py in C:
 *
 *     cc -O2 -shared -fPIC -I ../../engine/public -o libmodel.so model.c -lm
 */
#include <math.h>

#include <retrial.h>

int y(const struct retrial_trial *trial, struct retrial_result *result)
{
    double x = retrial_real(trial, "x", 0);

    retrial_metric(result, "y", 0.02 * x + 0.5 * sin(x + 0.1) + 0.75 * cos(0.25 * x - 0.3));
    return 0;
}
