#!/usr/bin/env bash
# Usage: same_results.sh BUILD [MPIEXEC...]
# Runs a study plainly and under an MPI on 1, 2 and 4 ranks; every table of results must equal the
# plain one to the byte, and every rank must have run some of the trials.
set -eu
build=$1
shift
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PATH=$build:$PATH

results() { # folder
    retrial --store "$1/.retrial" query --csv 'SELECT ordinal, replicate, drift, spread, seed,
        outcome, place, distance FROM walk ORDER BY ordinal'
}

cp -r "$here/walk" "$work/plain"
retrial run -q -j 2 "$work/plain/walk.yaml"
results "$work/plain" >"$work/plain.csv"
test "$(wc -l <"$work/plain.csv")" = 121 # 5 x 2 levels, 12 replicates, and the header

for ranks in 1 2 4; do
    cp -r "$here/walk" "$work/$ranks"
    "$@" -n "$ranks" retrial run -q -j 2 "$work/$ranks/walk.yaml"
    results "$work/$ranks" >"$work/$ranks.csv"
    cmp "$work/plain.csv" "$work/$ranks.csv"
    took_part=$(retrial --store "$work/$ranks/.retrial" query --csv \
        'SELECT count(DISTINCT rank) FROM walk' | tail -n 1)
    if [ "$took_part" != "$ranks" ]; then
        echo "only $took_part of $ranks ranks ran trials" >&2
        exit 1
    fi
    echo "$ranks ranks: same results, all ranks took part"
done
