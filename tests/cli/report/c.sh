# A C function reports, asks whether it is to stop, and is told what it did wrong.
cat >model.c <<'C'
#include <retrial.h>
#include <stdio.h>

int train(const struct retrial_trial *trial, struct retrial_result *result)
{
    const char *const names[] = {"loss", "acc"};
    double x = retrial_real(trial, "x", 0);

    for (int step = 1; step <= 3; step++) {
        double values[] = {x / step, 1.0 / step};

        if (retrial_report_all(trial, step, names, values, 2, 1) == RETRIAL_STOP) {
            printf("stop: %s\n", retrial_stop_reason(trial));
            return 0;
        }
    }
    if (retrial_report(trial, -1, "loss", 1) == RETRIAL_ERROR)
        printf("error: %s\n", retrial_error(trial));
    printf("%d %s\n", retrial_should_stop(trial, 1), retrial_new_params(trial) ? "new" : "none");
    retrial_metric(result, "loss", x);
    return 0;
}
C
cc -shared -fPIC -I "$SOURCE/engine/public" -o libmodel.so model.c
cat >study.yaml <<'YAML'
name: work
entry: ./libmodel.so:train
sweep: {x: [1, 2, 3, 9]}
objective: {minimize: loss}
pruning: {rule: median, after: 2}
YAML
retrial run -q -j 1 study.yaml
retrial query --csv 'SELECT x, outcome, loss, reason FROM work'
retrial query --csv 'SELECT trial, step, metric, value FROM "work.steps" WHERE ordinal IN (1, 4) ORDER BY ordinal, number, metric'
retrial log work.1 2>/dev/null
retrial log work.4 2>/dev/null
