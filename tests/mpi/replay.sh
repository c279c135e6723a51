#!/usr/bin/env bash
# A study that ran plainly is verified under MPI: every trial runs again, and is what it was.
# Started by retrial_mpi_test(... LAUNCHER ...): $MPIEXEC, $MPI and $RANKS say how.
set -eu
work=$(mktemp -d "${TMPDIR:-/tmp}/retrial-mpi-replay.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > model.py <<'EOF'
import os
import random


def train(a):
    with open(os.environ["WITNESS"], "a") as file:
        file.write("ran\n")
    return {"loss": a * random.random()}
EOF
export WITNESS=$work/witness
"$1" run model.py:train -S a=1:11:1 --replicates 4 --name base -q -j 2
: > witness
$MPIEXEC "$1" verify base -q -j 2 > out 2> err || { cat out err; exit 1; }
grep -q ' 44 IDENTICAL' out || { cat out err; exit 1; }
[ "$(wc -l < witness)" = 44 ] || { echo "$(wc -l < witness) witnesses of 44"; exit 1; }
[ "$(grep -c IDENTICAL out)" = 1 ] || { echo "not told once:"; cat out; exit 1; }
grep -q "then and now: MPI none -> $MPI [0-9]" err || { cat err; exit 1; }
