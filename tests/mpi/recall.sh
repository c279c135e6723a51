#!/usr/bin/env bash
# Usage: recall.sh RETRIAL, with $MPIEXEC and $RANKS set.
# One trial waits until all others have ended, also those that its agent was given behind it.
set -eu
retrial=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >model.py <<'PYTHON'
import os
import time


def count(folder):
    return len(os.listdir(folder))


def train(number, folder):
    if number == 30:
        end = time.monotonic() + 60
        while count(folder) < 199 and time.monotonic() < end:
            time.sleep(0.01)
        return {"others": count(folder)}
    time.sleep(0.002)
    open(os.path.join(folder, str(number)), "w").close()
    return {"others": 0}
PYTHON
mkdir done
cat >recall.yaml <<YAML
name: recall
entry: model.py:train
params: {folder: $work/done}
sweep: {number: {from: 1, to: 200, step: 1}}
YAML
$MPIEXEC "$retrial" run -q -j 1 recall.yaml
"$retrial" query --csv 'SELECT outcome, max(others), count(*) FROM recall GROUP BY 1' >table.csv
printf 'outcome,max(others),count(*)\nok,199,200\n' | diff - table.csv
