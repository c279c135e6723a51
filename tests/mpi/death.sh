#!/usr/bin/env bash
# Usage: death.sh RETRIAL WHOM, with $MPIEXEC (and the number of ranks in it) set.
# In the middle of a launch, WHOM is ended: guard0, guard1 (what mpiexec started), conductor, agent1,
# mpiexec (all by SIGKILL), or mpiexec is asked to stop (terminate, interrupt). The launch must end
# with all its processes, and with agent1 the study be complete then; run again, it must complete with
# the results of an undisturbed run, and no trial may have succeeded twice.
set -eu
retrial=$1
whom=$2
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work/tmp
mkdir "$TMPDIR"

results() { # folder
    "$retrial" --store "$1/.retrial" query --csv 'SELECT ordinal, replicate, drift, spread, seed,
        outcome, place, distance FROM walk ORDER BY ordinal'
}

number() { # folder SQL
    "$retrial" --store "$1/.retrial" query --csv "$2" 2>/dev/null | tail -n 1
}

# Processes of ours that still live.
left_behind() {
    grep -lsa "TMPDIR=$TMPDIR" /proc/[0-9]*/environ 2>/dev/null |
        while IFS=/ read -r _ _ pid _; do
            [ "$(ps -o comm=,stat= -p "$pid" | grep -c '^retrial .*[^Z]$')" = 0 ] || echo "$pid"
        done
}

cp -r "$here/walk" "$work/whole"
"$retrial" run -q -j 2 "$work/whole/walk.yaml"
cp -r "$here/walk" "$work/broken"
# Some wait until the blow has come, so that it comes before the end however busy the host is.
sed -i "s|time.sleep(0.005)|time.sleep(0.2)\n    while params['drift'] > 0.05 and not os.path.exists('$work/go'):\n        time.sleep(0.02)|
    s/^import time/import os\n&/" "$work/broken/walk.py"

# shellcheck disable=SC2016 # the rank's own shell is to expand these
$MPIEXEC sh -c 'echo $$ >"$1/pid.${OMPI_COMM_WORLD_RANK:-$PMI_RANK}"
    exec "$2" run -q -j 2 --silence 3 "$1/broken/walk.yaml"' sh "$work" "$retrial" >"$work/out" 2>&1 &
mpiexec=$!
for ((i = 0; i < 300; i++)); do
    done=$(number "$work/broken" "SELECT count(*) FROM walk WHERE outcome = 'ok'" || true)
    [ "${done:-0}" -lt 6 ] 2>/dev/null || break
    sleep 0.1
done
case $whom in
guard*) kill -KILL "$(cat "$work/pid.${whom#guard}")" ;;
conductor) kill -KILL "$(number "$work/broken" 'SELECT pid FROM agent WHERE rank = 0')" ;;
agent1) kill -KILL "$(number "$work/broken" 'SELECT pid FROM agent WHERE rank = 1')" ;;
mpiexec) kill -KILL $mpiexec ;;
terminate) kill -TERM $mpiexec ;;
interrupt) kill -INT $mpiexec ;;
esac
touch "$work/go"
wait $mpiexec && code=0 || code=$?
echo "$whom after $done trials: mpiexec returned $code"
for ((i = 0; i < 100; i++)); do
    left=$(left_behind)
    [ -n "$left" ] || break
    sleep 0.1
done
if [ -n "$left" ]; then
    echo "left behind: $left" >&2
    ps -o pid,ppid,stat,args -p "$(echo "$left" | paste -sd,)" >&2
    exit 1
fi
sofar=$(number "$work/broken" "SELECT count(*) FROM walk WHERE outcome = 'ok'")
case $whom in
agent1) kept=120 most=120 ;;
*) kept=$done most=119 ;;
esac
if [ "$sofar" -lt "$kept" ] || [ "$sofar" -gt $most ]; then
    echo "$sofar trials were kept of at least $kept, at most $most" >&2
    cat "$work/out" >&2
    exit 1
fi
if [ "$whom" = agent1 ]; then
    grep 'rank 1 on .* was killed by signal 9' "$work/out"
    grep 'rank 1 on .* was silent for .* s and is given up; it had 2 trials, which others run' \
        "$work/out"
fi
$MPIEXEC "$retrial" run -q -j 2 "$work/broken/walk.yaml"
results "$work/whole" >"$work/whole.csv"
results "$work/broken" >"$work/broken.csv"
cmp "$work/whole.csv" "$work/broken.csv"
twice=$(number "$work/broken" "SELECT count(*) FROM (SELECT ordinal FROM \"walk.attempts\"
    WHERE outcome = 'ok' GROUP BY ordinal HAVING count(*) > 1)")
[ "$twice" = 0 ] || { echo "$twice trials succeeded twice" >&2; exit 1; }
