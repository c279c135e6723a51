#!/usr/bin/env bash
# Usage: clocks.sh RETRIAL PRELOADED, with $MPIEXEC set.
# The clock of each rank jumps by itself, again and again, by hours and by years, while a study runs and is
# published to a home. No rank may be given up for that, no trial may time out or run twice, and what lasted
# a moment must be recorded so.
set -eu
retrial=$1
clock=$2
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

number() { "$retrial" --store "$work/walk/.retrial" query --csv "$1" | tail -n 1; }

cp -r "$here/walk" "$work/walk"
sed -i 's/sleep(0.005)/sleep(0.1)/' "$work/walk/walk.py"
# shellcheck disable=SC2016 # the rank's own shell is to expand these
$MPIEXEC sh -c 'export CLOCK_FILE="$1/clock.${OMPI_COMM_WORLD_RANK:-$PMI_RANK}" LD_PRELOAD="$3"
    exec "$2" run -q -j 2 --silence 3 --walltime 1h --home "$1/home" --publish 200ms "$1/walk/walk.yaml"' \
    sh "$work" "$retrial" "$clock" >"$work/out" 2>&1 &
mpiexec=$!
jumps=0
while kill -0 $mpiexec 2>/dev/null; do
    for rank in 0 1; do
        hours=$((RANDOM % 3 ? RANDOM % 48 - 24 : RANDOM % 400000 - 200000))
        echo $((hours * 3600)) >"$work/clock.new"
        mv "$work/clock.new" "$work/clock.$rank"
    done
    jumps=$((jumps + 1))
    sleep 0.1
done
wait $mpiexec && code=0 || code=$?
if [ $code != 0 ] || [ $jumps -lt 10 ] || grep -qE 'silent|given up|lost|late' "$work/out"; then
    echo "mpiexec returned $code after $jumps jumps" >&2
    cat "$work/out" >&2
    exit 1
fi
found=$(number "SELECT count(*), sum(outcome = 'ok'), sum(seconds BETWEEN 0.1 AND 30),
    count(DISTINCT rank), count(DISTINCT substr(started, 1, 4)) > 1 FROM \"walk.attempts\"")
[ "$found" = 120,120,120,2,1 ] || { echo "attempts, ok, of a moment, ranks, of several years: $found" >&2; exit 1; }
[ "$("$retrial" --store "$work/home" query --csv 'SELECT count(*) FROM walk' | tail -n 1)" = 120 ]
"$retrial" --store "$work/walk/.retrial" check >"$work/out" || { cat "$work/out"; exit 1; }
