# A driver is told what running trials report, stops one, and gives another new parameters.
cp "$SOURCE/tests/cli/drive/talk.py" .
cat >model.py <<'PYTHON'
import os
import time

import retrial


def train(x):
    rate = 1.0
    for step in range(int(os.environ.get("STEPS", "4000"))):
        answer = retrial.report(step, loss=x / (step + 1), wait=True)
        if answer.params:
            rate = answer.params["rate"]
            break
        time.sleep(0.005)
    return {"loss": x, "rate": rate}
PYTHON
cat >hpo.py <<'PYTHON'
import os

from retrial import drive

study = drive.connect()
stopped, steered = set(), set()


def look(report):
    if report.future.params["x"] == 1 and report.step >= 3 and report.trial not in stopped:
        stopped.add(report.trial)
        study.stop(report, "too good")
    if report.future.params["x"] == 2 and report.step >= 2 and report.trial not in steered:
        steered.add(report.trial)
        study.set_params(report, {"rate": 0.25})


study.on_report(look)
ended = list(study.run([{"x": 1}, {"x": 2}]))
for done in sorted(ended, key=lambda done: done.params["x"]):
    print(done.params, done.outcome, done.metrics)
if os.path.exists("no-end"):
    os._exit(3)
study.finish(sorted(stopped | steered) and "told")
PYTHON
cat >s.yaml <<'YAML'
name: s
entry: model.py:train
driver: hpo.py
objective: {minimize: loss}
code: {ignore: ["*"]}
YAML
touch no-end
retrial run -q -j 2 s.yaml >log 2>&1 || echo "exit $?"
grep -c "exited with status 3" log
rm no-end
echo "-- what was decided"
retrial query --csv "SELECT x, outcome, rate FROM s ORDER BY x"
retrial query --csv "SELECT \"by\", stop LIKE 'driver: too good (it saw {\"loss\":0.%} at step %)' AS saw, params FROM decision ORDER BY ordinal"
retrial show s.1 | grep -c "driver: too good (it saw" || true
echo "-- run again: the same is decided, by what was recorded, and nothing is told twice"
retrial run -q -j 2 s.yaml 2>&1 | sed -E 's/[0-9.]+ s/TIME/; s/: [0-9]+ requests/: N requests/'
retrial query --csv "SELECT count(*) FROM decision"
retrial query --csv "SELECT what, count(*) FROM driver WHERE what IN ('reports', 'order') GROUP BY 1"
retrial replay --driver-only s 2>&1 | sed -E 's/[0-9]+ requests/N requests/; s/[0-9.]+ s/TIME/'
echo "-- a replay has no driver, and is told the same at the same calls"
retrial verify s -q 2>&1 | head -n 1
