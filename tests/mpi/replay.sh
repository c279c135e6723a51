#!/usr/bin/env bash
# A study that ran plainly is verified under MPI: every trial runs again, and is what it was.
# Started by retrial_mpi_test(... LAUNCHER ...): $MPIEXEC, $MPI and $RANKS say how.
set -eu
retrial=$1
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

# What it came to is judged by what the store holds, whatever the launcher ends with.
cat > launcher <<'EOF2'
#!/bin/sh
code=$1
shift
"$@"
exit "$code"
EOF2
chmod +x launcher
ends() { # the code that is wanted; the launcher's; a command
    want=$1 as=$2
    shift 2
    "$retrial" "$@" -j 2 --launcher "$work/launcher $as $MPIEXEC" > out 2> err && code=0 || code=$?
    [ "$code" = "$want" ] || { echo "$* ended with $code, its launcher with $as"; cat out err; exit 1; }
    ! grep 'launch died' err || exit 1
}
cat > dice.py <<'EOF2'
import random


def throw(a):
    return {"eyes": a + random.SystemRandom().random()}
EOF2
"$1" run dice.py:throw -S a=1:2:1 --name dice -q -j 2
ends 3 0 verify dice -q --supervise 1
ends 0 9 verify base.1 base.2 -q --supervise 1
ends 0 1 explain base.1 base.2 -k 1
