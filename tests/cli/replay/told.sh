# What trials were told while they ran, their replays are told at the same calls, whatever the
# machine is doing: by a driver, by a rule, in Python, in C, as a command; replays of replays, too.
here=$PWD
cat >model.py <<'PYTHON'
import os
import time

import retrial


def train(x):
    """Its result is a function of the calls at which it heard something."""
    rate, loss, heard = 1.0, 0.0, []
    for step in range(1, int(os.environ.get("STEPS", "4000"))):
        loss = loss * 0.9 + rate * x / step
        answer = retrial.report(step, loss=loss, raises=False)
        if answer.params:
            rate = answer.params["rate"]
            heard.append(step)
        if answer.stop or retrial.should_stop():
            return {"loss": loss, "last": step}
        if len(heard) == 2:
            break
        time.sleep(0.002)
    return {"loss": loss, "last": step, "first": heard[0] if heard else 0}
PYTHON
cat >hpo.py <<'PYTHON'
from retrial import drive

study = drive.connect()
told = {}


def look(report):
    x = report.future.params["x"]
    if x == 1 and report.step >= 3 and told.setdefault(x, 0) == 0:
        told[x] = 1
        study.stop(report, "too good")
    elif x == 2 and report.step >= 2 + 20 * told.setdefault(x, 0) and told[x] < 2:
        told[x] += 1
        study.set_params(report, {"rate": 0.5 / told[x]})


study.on_report(look)
list(study.run([{"x": 1}, {"x": 2}]))
study.finish()
PYTHON
cat >s.yaml <<'YAML'
name: s
entry: model.py:train
driver: hpo.py
objective: {minimize: loss}
code: {ignore: ["*"]}
YAML
retrial run -q -j 2 s.yaml 2>log || cat log
verdicts() { # of a replay; and how many heard the same at the same calls as their originals
    local said="SELECT json_group_array(json_array(call, reports, stop, params)) FROM heard"
    retrial query --csv "SELECT verdict, count(*) AS trials,
        sum(($said WHERE study = pair.study AND ordinal = pair.ordinal)
          = ($said WHERE study = o.study AND ordinal = pair.origin_ordinal)) AS heard_the_same
        FROM pair JOIN study USING (study) JOIN study AS o ON o.id = pair.origin_study
        JOIN verdict USING (study, ordinal) WHERE study.name = '$1' GROUP BY 1 ORDER BY 1"
}
echo "-- a driver"
retrial query --csv "SELECT outcome, count(*) AS trials FROM s GROUP BY 1 ORDER BY 1"
retrial verify s -q -j 2 --name again 2>log || cat log
verdicts again
echo "-- a replay of the replay, each twice"
retrial verify again -q -j 2 -k 2 --name twice 2>log || cat log
verdicts twice
echo "-- told nothing: they come to their ends, and cannot be compared"
STEPS=50 retrial replay s -q -j 2 --told nothing --name free >log 2>&1 || echo "exit $?"
retrial query --csv "SELECT outcome, last, verdict, r.reason LIKE '%; the replay was not told' AS why FROM free JOIN replays AS r ON replay = 'free' AND r.ordinal = free.ordinal ORDER BY x"
retrial query --csv "SELECT count(*) AS heard FROM heard JOIN study USING (study) WHERE name = 'free'"
echo "-- checked out, with nothing of Retrial"
for trial in 1 2; do
    retrial checkout "s.$trial" "alone$trial" 2>>log
    (cd / && env -i PATH=/usr/bin:/bin "$here/alone$trial/run.sh" 2>/dev/null | tail -n 1) >"alone$trial.json"
    python3 -c 'import json, sys
print(json.load(open(sys.argv[1] + "/trial.json"))["result"] == json.load(open(sys.argv[1] + ".json")))' "alone$trial"
done
echo "-- a record that lacks some of it"
sqlite3 .retrial/index.sqlite "DELETE FROM heard WHERE ordinal = 2 AND number = 2"
retrial verify s -q -j 2 --name partly >log 2>&1 || echo "exit $?"
retrial query --csv "SELECT origin_ordinal, verdict, reason LIKE '%; not all that it heard while it ran is in the record' AS why FROM replays WHERE replay = 'partly' ORDER BY 1"
