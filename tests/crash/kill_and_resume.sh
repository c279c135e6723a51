#!/usr/bin/env bash
# Usage: kill_and_resume.sh BUILD [ROUNDS [SEED]]
# Kills a launch with SIGKILL at a random instant, again and again, until the study is complete.
# Its results must be those of an undisturbed run, no trial may have more than one successful
# attempt, and no process may be left behind.
set -eu
build=$1
rounds=${2:-3}
RANDOM=${3:-$$}
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PATH=$build:$PATH
export TMPDIR=$work/tmp
mkdir "$TMPDIR"

results() { # folder
    retrial --store "$1/.retrial" query --csv 'SELECT ordinal, replicate, drift, spread, seed,
        outcome, place, distance FROM walk ORDER BY ordinal'
}

# Processes that hold a file below the work folder: whatever descends from a launch does.
left_behind() {
    grep -lsa "TMPDIR=$TMPDIR" /proc/[0-9]*/environ 2>/dev/null |
        while IFS=/ read -r _ _ pid _; do
            [ "$pid" = "$$" ] || [ "$(ps -o comm= -p "$pid")" != retrial ] || echo "$pid"
        done
}

cp -r "$here/../mpi/walk" "$work/whole"
retrial run -q -j 2 "$work/whole/walk.yaml"
results "$work/whole" >"$work/whole.csv"

for ((round = 1; round <= rounds; round++)); do
    folder=$work/round$round
    cp -r "$here/../mpi/walk" "$folder"
    kills=0
    while :; do
        retrial run -q -j 2 "$folder/walk.yaml" 2>"$folder/err" &
        pid=$!
        sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
        if kill -KILL "$pid" 2>/dev/null; then kills=$((kills + 1)); fi
        if wait "$pid" 2>/dev/null; then break; fi
        [ "$kills" -lt 50 ] || { echo "round $round: no progress after $kills kills" >&2; exit 1; }
        # From the tenth kill on, let it finish.
        [ "$kills" -lt 10 ] || { retrial run -q -j 2 "$folder/walk.yaml"; break; }
    done
    results "$folder" >"$folder/results.csv"
    cmp "$work/whole.csv" "$folder/results.csv"
    twice=$(retrial --store "$folder/.retrial" query --csv 'SELECT count(*) FROM (SELECT ordinal
        FROM "walk.attempts" WHERE outcome = '"'ok'"' GROUP BY ordinal HAVING count(*) > 1)' |
        tail -n 1)
    [ "$twice" = 0 ] || { echo "round $round: $twice trials succeeded twice" >&2; exit 1; }
    for ((i = 0; i < 30; i++)); do
        left=$(left_behind)
        [ -n "$left" ] || break
        sleep 0.1
    done
    [ -z "$left" ] || { echo "round $round: left behind: $left" >&2; exit 1; }
    echo "round $round: $kills kills, same results, nothing left behind"
done
