# Trials that report, keep checkpoints, were pruned or ask for their params, checked out: they end as
# they did, without Retrial.
mkdir work && cd work
cat > model.py <<'PYTHON'
import os

import retrial


def train(lr):
    for step in range(1, 4):
        answer = retrial.report(step, loss=lr / step, wait=True)
    return {"loss": lr, "last": step}


def broken(lr, trial):
    saved = trial.restore()
    first = int(open(saved).read()) + 1 if saved else 1
    for step in range(first, 4):
        with open("last.txt", "w") as file:
            file.write(str(step))
        trial.checkpoint("last.txt", step=step)
        if step == 2 and os.environ.get("BREAK"):
            raise ValueError("broken")
    return {"first": first, "attempt": trial.attempt}


def objective(trial):
    x = trial.suggest_float("x", 0, 10)
    trial.set_user_attr("kind", trial.suggest_categorical("k", ["a", "b"]))
    trial.report(x, 1)
    if trial.should_prune():
        raise retrial.Pruned("it cannot be")
    return x * 2
PYTHON
cat > model.c <<'C'
#include <retrial.h>

int train(const struct retrial_trial *trial, struct retrial_result *result)
{
    const double values[] = {0.5, 1.0 / 3};
    const char *const names[] = {"loss", "val acc"};
    int stop = 0;
    int64_t step;

    for (step = 1; step < 4 && !stop; step++) {
        stop = retrial_report_all(trial, step, names, values, 2, 1) == RETRIAL_STOP;
        if (retrial_checkpoint(trial, "model.c", step) != 0)
            return 1;
    }
    retrial_metric_int(result, "steps", step);
    retrial_metric_int(result, "wrong", retrial_report(trial, -1, "loss", 0) == RETRIAL_ERROR);
    retrial_metric_text(result, "saved", retrial_restore(trial) ? "yes" : "no");
    retrial_metric_text(result, "reason", stop ? retrial_stop_reason(trial) : "none");
    return 0;
}
C
cc -shared -fPIC -I "$SOURCE/engine/public" -o libmodel.so model.c
cat > command.sh <<'SH'
#!/bin/sh
for step in 1 2 3; do
    echo "step=$step loss=0.$step" > "$RETRIAL_REPORT"
done
echo "{\"answer\": \"$(cat "$RETRIAL_ANSWER")\"}"
SH
chmod +x command.sh
cat > pruned.yaml <<'YAML'
name: pruned
entry: model.py:train
sweep: {lr: [1, 4]}
objective: {minimize: loss}
pruning: {rule: threshold, upper: 1.5, warmup_steps: 2}
YAML
sed -e 's/pruned/c/; s/model.py/.\/libmodel.so/; s/1.5/0.4/; s/lr: .*/lr: [1]}/' pruned.yaml > c.yaml
run() { retrial run "$@" -q -j 1 2>> "$HOME/log"; }
run pruned.yaml
run c.yaml
run model.py:broken -S lr=1 --name broken
run model.py:objective -S x=2.5 -S k=b --name asks
run --name command -- ./command.sh
for trial in pruned.1 pruned.2 c.1 broken.1 asks.1 command.1; do
    retrial checkout $trial ../$trial 2>> "$HOME/log"
done
cd .. && mv work gone
alone() { (cd / && env -i PATH=/usr/bin:/bin ${2:-} "$OLDPWD/$1/run.sh" 2>&1 || true) | tail -n 1; }
for trial in pruned.1 pruned.2 c.1 asks.1 command.1; do
    echo "$trial: $(alone $trial)"
    cat $trial/reports* | sed 's/^/    /'
done
echo "what broke goes on with what it has kept, and starts anew once it has ended well:"
alone broken.1 BREAK=yes
alone broken.1
alone broken.1
