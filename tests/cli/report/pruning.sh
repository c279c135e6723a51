# What a Python function does when it is to stop: it lets the exception pass, ends by itself, or catches it.
# The verdicts are the same when the study is interrupted and resumed; a rule that is off stops nothing.
cat >model.py <<'PYTHON'
import os
import retrial

def train(x, how):
    for step in range(1, 4):
        if how == "own" and step == 2:
            raise retrial.Pruned("diverged by itself")
        if how == "ask":
            retrial.report(step, loss=x * step, raises=False)
            if retrial.should_stop(wait=True):
                return {"loss": x * step}
            continue
        try:
            retrial.report(step, loss=x * step, wait=True)
        except retrial.Pruned:
            if how == "swallow":
                return {"loss": -1}
            if how == "fail":
                raise ValueError("not so")
            raise
    return {"loss": x}
PYTHON
cat >study.yaml <<'YAML'
name: work
entry: model.py:train
params: {how: pass}
list: [{x: 1}, {x: 2}, {x: 1.5}, {x: 9}, {x: 9, how: ask}, {x: 9, how: swallow}, {x: 9, how: fail},
       {x: 1, how: own}, {x: 8}]
objective: {minimize: loss}
pruning:
  - {rule: threshold, upper: 100}
  - {rule: median, after: 3, warmup_steps: 2}
YAML
show() {
    retrial --store "$1" query --csv 'SELECT x, how, outcome, loss, reason FROM work'
    retrial --store "$1" query --csv 'SELECT ordinal, attempt, "by", step, stop FROM decision'
}
retrial run --store whole -q -j 1 study.yaml || echo "exit $?"
show whole | tee whole.csv
retrial --store whole show work.4 | grep '  reason'
# The first four alone, then all: another launch knows what was reported before.
sed -E '/^list/,/x: 8/ { s/, \{x: 9\}, .*/]/; /^ /d }' study.yaml >first.yaml
retrial run --store parts -q -j 1 first.yaml
retrial run --store parts -q -j 1 study.yaml || echo "exit $?"
show parts | cmp - whole.csv
retrial --store parts run --save saved.yaml --dry-run study.yaml >/dev/null 2>&1 || true
retrial check --store parts | sed 's/[0-9]* events/N events/'
