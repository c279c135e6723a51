#!/usr/bin/env bash
# Usage: report.sh RETRIAL, with $MPIEXEC and $RANKS set.
# Reports of trials on all ranks are recorded, and each of them is judged: curves are those of a plain
# run, and the trials that a threshold stops are the same.
set -eu
retrial=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/model.py" <<'PYTHON'
import time
import retrial
def train(x):
    for step in range(1, 6):
        retrial.report(step, loss=x * step, wait=True)
        time.sleep(0.01)
    return x
PYTHON
cat >"$work/study.yaml" <<'YAML'
name: work
entry: model.py:train
sweep: {x: "1:20:1"}
objective: {minimize: loss}
pruning: {rule: threshold, upper: 60}
YAML
results() {
    "$retrial" --store "$1" query --csv 'SELECT x, outcome, loss, reason FROM work'
    "$retrial" --store "$1" query --csv 'SELECT ordinal, step, metric, value FROM "work.steps" ORDER BY ordinal, number'
}
sed -i 's/return x/return {"loss": x}/' "$work/model.py"
"$retrial" run --store "$work/plain" -q -j 2 "$work/study.yaml"
$MPIEXEC "$retrial" run --store "$work/mpi" -q -j 2 "$work/study.yaml"
results "$work/plain" >"$work/plain.csv"
results "$work/mpi" >"$work/mpi.csv"
cmp "$work/plain.csv" "$work/mpi.csv"
test "$(grep -c pruned "$work/mpi.csv")" = 8
test "$("$retrial" --store "$work/mpi" query --csv 'SELECT count(DISTINCT rank) FROM work' | tail -n 1)" = "$RANKS"
# Verified on all ranks: those that were stopped are stopped again at the same call.
$MPIEXEC "$retrial" verify --store "$work/mpi" -q -j 2 work >"$work/verify.txt"
grep -q 'verify of work: 20 IDENTICAL' "$work/verify.txt"
test "$("$retrial" --store "$work/mpi" query --csv "SELECT count(*) FROM work_verify WHERE outcome = 'pruned'" | tail -n 1)" = 8
