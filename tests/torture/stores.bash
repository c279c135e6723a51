# The small study of faults.sh: six trials, x from 1 to 6, in the current folder. Each trial leaves a
# line in $RAN.
# shellcheck shell=bash

make_plain() {
    cat > model.py <<'PYTHON'
import os


def train(x):
    print("y" * (4000 + x * 100))
    with open("note.txt", "w") as note:
        note.write("x is %s" % x)
    with open(os.environ["RAN"], "a") as ran:
        ran.write("%s\n" % x)
    return {"loss": x / 4, "text": "z" * 4000 + str(x)}
PYTHON
    printf 'name: small\nentry: model.py:train\nsweep: {x: "1:6:1"}\n' > small.yaml
}

# A study that a driver runs, in the current folder: its trials report and keep checkpoints; one is
# stopped, one gets other parameters, one crashes and goes on from what it kept.
write_driven() {
    cat > model.py <<'PYTHON'
import os
import retrial


def train(x, trial):
    rate, first = 1.0, 1
    saved = trial.restore()
    if saved:
        with open(saved) as kept:
            first = int(kept.read()) + 1
    for step in range(first, 6):
        answer = retrial.report(step, loss=x / step, wait=True)
        if answer.params:
            rate = answer.params["rate"]
        with open("last.pt", "w") as kept:
            kept.write(str(step))
        retrial.checkpoint("last.pt", step)
        if x == 3 and step == 3 and not saved:
            os.kill(os.getpid(), 9)
    if "RAN" in os.environ:
        with open(os.environ["RAN"], "a") as ran:
            ran.write("%s\n" % x)
    return {"loss": x * rate}
PYTHON
    cat > hpo.py <<'PYTHON'
from retrial import drive

study = drive.connect()
told = set()


def look(report):
    x = report.future.params["x"]
    if report.step == 2 and x not in told and x < 3:
        told.add(x)
        if x == 1:
            study.stop(report, "good enough")
        else:
            study.set_params(report, {"rate": 0.25})


study.on_report(look)
list(study.run([{"x": x} for x in (1, 2, 3, 4)]))
study.finish({"told": sorted(told)})
PYTHON
    cat > steered.yaml <<'YAML'
name: steered
entry: model.py:train
driver: hpo.py
objective: {minimize: loss}
limits: {retries: 1}
YAML
}

# The same, run and replayed.
make_driven() {
    write_driven
    retrial run -q -j 2 steered.yaml && { retrial replay -q -j 2 steered --name again || [ $? = 3 ]; }
}
