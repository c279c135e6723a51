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

/*
 * Intermediate results (docs/intermediate-results.md). Reports a metric at a step, 0 or more. Of
 * all of these, RETRIAL_STOP says that the trial is to stop: it then returns 0, and its outcome is
 * "pruned", whatever metrics it has; RETRIAL_ERROR that the call was wrong: retrial_error() says
 * why. They may be called from any one thread at a time, but from no process that the trial forks.
 */
#define RETRIAL_GO_ON 0
#define RETRIAL_STOP  1
#define RETRIAL_ERROR (-1)

int retrial_report(const struct retrial_trial *trial, int64_t step, const char *name, double value);

/* Several metrics at once. With `wait`, the answer is about this very report. */
int retrial_report_all(const struct retrial_trial *trial, int64_t step, const char *const *names,
                       const double *values, unsigned count, int wait);
/* Whether the trial is to stop; with `wait`, once all that it has reported was judged. */
int retrial_should_stop(const struct retrial_trial *trial, int wait);

/* Texts are borrowed until the next call; NULL: there is none. Why the trial is to stop; and new
 * parameters that came since they were last asked for, a JSON object. */
const char *retrial_stop_reason(const struct retrial_trial *trial);
const char *retrial_new_params(const struct retrial_trial *trial);
const char *retrial_error(const struct retrial_trial *trial);

/* Keeps a file or a folder, which may change as soon as this returns; a step below 0: none. */
int retrial_checkpoint(const struct retrial_trial *trial, const char *path, int64_t step);
/* Where a copy of the last checkpoint is that an earlier attempt of this trial kept, or NULL. */
const char *retrial_restore(const struct retrial_trial *trial);

#ifdef __cplusplus
}
#endif
#endif
