#!/usr/bin/env bash
# Usage: gpus.sh RETRIAL, with $MPIEXEC and $RANKS set.
# Ranks of one node share its GPUs: none is given out twice, and a rank that gets none takes no
# trials, which is told once. Packages of equal interpreters are recorded once.
set -eu
retrial=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
unset CUDA_VISIBLE_DEVICES HIP_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES

cat >model.py <<'PYTHON'
import os
def seen(x):
    return {"y": x, "device": os.environ["CUDA_VISIBLE_DEVICES"]}
PYTHON
printf 'name: seen\nentry: model.py:seen\nsweep: {x: 1:40:1}\neach: {gpus: 1}\n' >seen.yaml
printf 'name: cpu\nentry: {command: ["true"]}\n' >cpu.yaml
index() {
    "$retrial" query --csv "$1" | tail -n +2
}
expect() { # what, expected, got
    [ "$2" = "$3" ] || { echo "$1: expected \"$2\", got \"$3\"" >&2; exit 1; }
}

RETRIAL_GPUS=0,1,2 $MPIEXEC "$retrial" run -q -j 4 seen.yaml 2>log || { cat log; exit 1; }
expect "devices" "0,1,2" "$(index 'SELECT group_concat(devices) FROM (
    SELECT devices FROM worker WHERE launch = 1 ORDER BY devices)' | tr -d '"')"
expect "ranks with devices" "$RANKS" "$(index 'SELECT count(DISTINCT rank) FROM worker')"
expect "attempts that saw others than recorded" 0 "$(index 'SELECT count(*) FROM seen AS v
    JOIN "seen.attempts" AS a USING (ordinal) WHERE v.device <> a.devices OR a.devices IS NULL')"
expect "lists of packages" 1 "$(index 'SELECT count(DISTINCT packages) FROM package')"
expect "agents with packages" "$RANKS" "$(index 'SELECT count(packages) FROM agent')"
expect "MPI and its version" "$MPI,$RANKS,1" "$(index "SELECT comm, ranks,
    lower(comm_version) GLOB '*[0-9].[0-9]*' FROM launch WHERE launch = 1")"
expect "what was told" "" "$(cat log)"

RETRIAL_GPUS=0 $MPIEXEC "$retrial" run -q -j 4 seen.yaml -S x=41:60:1 2>log || { cat log; exit 1; }
expect "ranks that ran trials" 1 "$(index 'SELECT count(DISTINCT rank) FROM seen WHERE x > 40')"
expect "agents told of" 1 "$(grep -c '^an agent takes no trials: each trial is to have 1 GPU' log)"

RETRIAL_GPUS= $MPIEXEC "$retrial" run -q seen.yaml -S x=61 2>log && { cat log; exit 1; }
grep -q 'each trial is to have 1 GPU' log
expect "trials without a GPU" 0 "$(index 'SELECT count(*) FROM "seen.attempts" WHERE launch = 3')"

mkdir -p root/proc/driver/nvidia/gpus/0000:07:00.0
RETRIAL_HOST_ROOT=$work/root $MPIEXEC "$retrial" run -q cpu.yaml 2>log
expect "warnings" 1 "$(grep -c 'trials ask for none' log)"
