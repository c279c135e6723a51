#ifndef RETRIAL_H
#define RETRIAL_H
/*
 * The public header for models written in C (installed as <retrial.h>).
 *
 * A model is a function in a shared library:
 *
 *     #include <retrial.h>
 *
 *     int train(const struct retrial_trial *trial, struct retrial_result *result)
 *     {
 *         double lr = retrial_real(trial, "lr", 0.1);
 *         retrial_metric(result, "loss", lr * lr);
 *         return 0;
 *     }
 *
 * and is named `entry: ./libmodel.so:train`. It returns 0 for success; any other value is a
 * failed attempt with that status. It runs in a worker process, one trial at a time. The
 * functions below are found in the program that loads the library; nothing is linked.
 */
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RETRIAL_ABI 1

struct retrial_result; /* opaque */

struct retrial_trial {
    uint32_t abi;         /* RETRIAL_ABI */
    uint32_t seed;        /* of the trial: the same for all levels of a replicate */
    const char *id;       /* public id, "k3f9.17" */
    const char *params;   /* canonical JSON object, ends with NUL */
    uint32_t attempt;     /* from 1 */
    const void *reserved; /* for the accessors */
};

/* A parameter by name ("opt.lr" reaches into objects), or the fallback if it is absent or of
 * another type. retrial_real() accepts integers. Texts are borrowed for the duration of the call.
 */
double retrial_real(const struct retrial_trial *trial, const char *key, double fallback);
int64_t retrial_int(const struct retrial_trial *trial, const char *key, int64_t fallback);
const char *retrial_text(const struct retrial_trial *trial, const char *key, const char *fallback);

/* Reports a metric; the last value of a name counts. NaN and infinities are kept as such. */
void retrial_metric(struct retrial_result *result, const char *name, double value);
void retrial_metric_int(struct retrial_result *result, const char *name, int64_t value);
void retrial_metric_text(struct retrial_result *result, const char *name, const char *value);

/* Says why the attempt failed; at most 1,000 bytes are kept. Return non-zero as well. */
void retrial_fail(struct retrial_result *result, const char *reason);

#ifdef __cplusplus
}
#endif
#endif
