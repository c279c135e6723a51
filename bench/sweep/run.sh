#!/usr/bin/env bash
# Usage: bench/sweep/run.sh [TRIALS [RUNS [BUILD]]]
# Records a sweep of a C function and of a Python function that do nothing, RUNS times in turn, and
# prints trials per second as min, median and max: the whole command, from start to a level index.
# Every run is checked: as many rows as trials, and their sum as computed by hand.
set -eu
trials=${1:-100000}
runs=${2:-5}
here=$(dirname "$(readlink -f "$0")")
build=$(readlink -f "${3:-$here/../../build}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

study() { # name entry
    cat <<YAML
name: $1
entry: $2
params: {a: 1, b: 2.5, c: text, d: [1, 2], e: true, f: 0.1, g: 7, h: other, i: -3}
sweep: {x: {from: 0, to: $((trials - 1)), step: 1}}
YAML
}

once() { # name entry
    local folder=$work/$1.$RANDOM start end got
    mkdir "$folder"
    cp "$work/libnoop.so" "$here/noop.py" "$folder"
    study "$1" "$2" >"$folder/study.yaml"
    start=$(date +%s.%N)
    "$build/retrial" run -q "$folder/study.yaml" >&2
    end=$(date +%s.%N)
    got=$("$build/retrial" --store "$folder/.retrial" query --csv \
        "SELECT count(*), sum(y) FROM \"$1\" WHERE outcome = 'ok'" | tail -n 1)
    awk -v got="$got" -v n="$trials" 'BEGIN {
        split(got, part, ","); exit !(part[1] == n && part[2] == n * (n - 1)) }' ||
        { echo "wrong result: $got" >&2; exit 1; }
    du -sb "$folder/.retrial/journal" "$folder/.retrial/index.sqlite" |
        awk -v n="$trials" '{sum += $1} END {printf "%.0f bytes a trial, ", sum / n}' >&2
    awk -v n="$trials" -v s="$start" -v e="$end" 'BEGIN {printf "%.0f\n", n / (e - s)}' |
        tee -a "$work/$1" >&2
    rm -rf "$folder"
}

cc -O2 -fPIC -shared -I"$here/../../engine/public" -o "$work/libnoop.so" "$here/noop.c"
for ((i = 0; i < runs; i++)); do
    once c ./libnoop.so:noop
    once python noop.py:noop
done
for name in c python; do
    sort -n "$work/$name" | awk -v name="$name" '{v[NR] = $1} END {
        printf "%-8s min %d  median %d  max %d trials/s\n", name, v[1], v[int((NR + 1) / 2)], v[NR]}'
done
