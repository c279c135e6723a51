#!/usr/bin/env bash
# Usage: checkpoint.sh RETRIAL, with $MPIEXEC and $RANKS set.
# Trials on all ranks keep checkpoints of several pieces, crash, and go on from them on whichever rank.
set -eu
retrial=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/model.py" <<'PYTHON'
import os, signal
import retrial
def train(x):
    saved = retrial.restore()
    first = 1
    if saved:
        with open(saved, "rb") as file:
            first = int(file.readline()) + 1
            assert file.read() == bytes([x]) * (2_500_000 + x)
    for step in range(first, 4):
        with open("last.bin", "wb") as file:
            file.write(b"%d\n" % step + bytes([x]) * (2_500_000 + x))
        retrial.checkpoint("last.bin", step)
        if step == 2 and first == 1:
            os.kill(os.getpid(), signal.SIGKILL)
    return {"first": first}
PYTHON
cat >"$work/study.yaml" <<'YAML'
name: work
entry: model.py:train
sweep: {x: "1:8:1"}
limits: {retries: 1}
YAML
$MPIEXEC "$retrial" run --store "$work/store" -q -j 2 "$work/study.yaml"
ask() { "$retrial" --store "$work/store" query --csv "$1" | tail -n +2; }
test "$(ask 'SELECT DISTINCT outcome, attempt, first FROM work')" = "ok,2,3"
test "$(ask 'SELECT count(*) FROM restore')" = 8
test "$(ask 'SELECT count(DISTINCT rank) FROM "work.attempts"')" = "$RANKS"
test "$(find "$work/store/kept" -type f | wc -l)" = 8
"$retrial" --store "$work/store" check
