#!/usr/bin/env bash
# Usage: silence.sh RETRIAL, with $MPIEXEC for 3 ranks.
# In the middle of a launch rank 0 stands still for longer than the silence that is allowed, which must
# bother nobody. Then both other ranks freeze and are given up. One goes on later: it is taken back, and
# what its workers ended meanwhile is kept as late. The other never does, and the study completes and the
# launch ends without it, with the results of an undisturbed run.
set -eu
retrial=$1
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
frozen=
# shellcheck disable=SC2086 # one word each
trap '[ -z "$frozen" ] || kill -KILL $frozen 2>/dev/null || true; rm -rf "$work"' EXIT
export TMPDIR=$work/tmp
mkdir "$TMPDIR"

query() { # folder SQL
    "$retrial" --store "$1/.retrial" query --csv "$2" 2>/dev/null
}

results() { # folder
    query "$1" 'SELECT ordinal, replicate, drift, spread, seed, outcome, place, distance
        FROM walk ORDER BY ordinal'
}

number() { # folder SQL
    query "$1" "$2" | tail -n 1
}

# Waits for a line in what the launch says.
await() { # pattern
    for ((i = 0; i < 600; i++)); do
        ! grep -q "$1" "$work/out" || return 0
        sleep 0.1
    done
    echo "nobody said: $1" >&2
    cat "$work/out" >&2
    exit 1
}

await_done() { # count
    for ((i = 0; i < 600; i++)); do
        done=$(number "$work/broken" "SELECT count(*) FROM walk WHERE outcome = 'ok'" || true)
        [ "${done:-0}" -lt "$1" ] 2>/dev/null || return 0
        sleep 0.1
    done
    echo "only $done trials are done" >&2
    exit 1
}

cp -r "$here/walk" "$work/whole"
"$retrial" run -q -j 2 "$work/whole/walk.yaml"
cp -r "$here/walk" "$work/broken"
sed -i 's/sleep(0.005)/sleep(0.2)/' "$work/broken/walk.py"

$MPIEXEC "$retrial" run -q -j 2 --silence 3 "$work/broken/walk.yaml" >"$work/out" 2>&1 &
mpiexec=$!
await_done 6
conductor=$(number "$work/broken" 'SELECT pid FROM agent WHERE rank = 0')
one=$(number "$work/broken" 'SELECT pid FROM agent WHERE rank = 1')
two=$(number "$work/broken" 'SELECT pid FROM agent WHERE rank = 2')
kill -STOP "$conductor"
sleep 4
kill -CONT "$conductor"
await_done 12
if grep 'silent' "$work/out"; then
    echo "somebody was given up because rank 0 stood still" >&2
    exit 1
fi
kill -STOP "$one" "$two"
frozen="$one $two"
await 'rank 1 on .* was silent\|rank 2 on .* was silent'
sleep 1
kill -CONT "$one"
await 'rank 1 on .* is back'
wait $mpiexec && code=0 || code=$?
echo "mpiexec returned $code"
for ((i = 0; i < 50; i++)); do # of the launch, its workers included
    left=$(grep -lsa "TMPDIR=$TMPDIR" /proc/[0-9]*/environ 2>/dev/null | grep -v "/$$/\|/self/" |
        while IFS=/ read -r _ _ pid _; do
            [ "$(ps -o comm=,stat= -p "$pid" | grep -c '^retrial .*[^Z]$')" = 0 ] || echo "$pid"
        done)
    [ -n "$left" ] || break
    sleep 0.1
done
[ -z "$left" ] || { echo "left behind: $left" >&2; exit 1; }

results "$work/whole" >"$work/whole.csv"
results "$work/broken" >"$work/broken.csv"
cmp "$work/whole.csv" "$work/broken.csv"
attempts='FROM "walk.attempts"'
late=$(number "$work/broken" "SELECT count(*) $attempts WHERE late AND rank = 1 AND outcome = 'ok'")
lost=$(number "$work/broken" "SELECT count(*) $attempts WHERE outcome = 'lost' AND rank = 2")
twice=$(number "$work/broken" "SELECT count(*) FROM (SELECT ordinal $attempts
    WHERE outcome = 'ok' AND NOT late GROUP BY ordinal HAVING count(*) > 1)")
echo "$late late, $lost lost for good, $twice twice"
[ "$late" -ge 1 ] && [ "$lost" -ge 1 ] && [ "$twice" = 0 ]
