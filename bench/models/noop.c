/* The cheapest model there is: what is measured around it is ours. */
#include <retrial.h>

int noop(const struct retrial_trial *trial, struct retrial_result *result)
{
    retrial_metric(result, "y", 2.0 * retrial_real(trial, "x", 0.0));
    return 0;
}
