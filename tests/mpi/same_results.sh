#!/usr/bin/env bash
# Usage: same_results.sh RETRIAL, with $MPIEXEC and $RANKS set.
# Runs a study plainly and under an MPI; the table of results must be the same to the byte, and
# every rank must have run some of the trials.
set -eu
retrial=$1
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

results() { # folder
    "$retrial" --store "$1/.retrial" query --csv 'SELECT ordinal, replicate, drift, spread, seed,
        outcome, place, distance FROM walk ORDER BY ordinal'
}

cp -r "$here/walk" "$work/plain"
cp -r "$here/walk" "$work/mpi"
"$retrial" run -q -j 2 "$work/plain/walk.yaml"
$MPIEXEC "$retrial" run -q -j 2 "$work/mpi/walk.yaml"
results "$work/plain" >"$work/plain.csv"
results "$work/mpi" >"$work/mpi.csv"
test "$(wc -l <"$work/plain.csv")" = 121 # 5 x 2 levels, 12 replicates, and the header
cmp "$work/plain.csv" "$work/mpi.csv"
took_part=$("$retrial" --store "$work/mpi/.retrial" query --csv \
    'SELECT count(DISTINCT rank) FROM walk' | tail -n 1)
if [ "$took_part" != "$RANKS" ]; then
    echo "only $took_part of $RANKS ranks ran trials" >&2
    exit 1
fi
