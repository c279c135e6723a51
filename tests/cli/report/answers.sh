# A trial that waits for answers while others end.
cat >model.py <<'PYTHON'
import time

import retrial


def train(x):
    if x == 1:
        for step in range(60):
            retrial.report(step, loss=step)
            time.sleep(0.005)
            retrial.should_stop(wait=True)
    else:
        time.sleep(0.002)
    return {"loss": x}
PYTHON
cat >s.yaml <<'YAML'
entry: model.py:train
sweep: {x: {from: 1, to: 400, step: 1}}
objective: {minimize: loss}
pruning: {rule: threshold, upper: 1000}
YAML
timeout 100 retrial run -q -j 2 s.yaml
retrial query --csv "SELECT outcome, count(*) FROM s GROUP BY 1"
retrial query --csv 'SELECT count(*), max(step) FROM "s.steps"'
