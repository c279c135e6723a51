#!/usr/bin/env bash
# Usage: driver.sh RETRIAL, with $MPIEXEC and $RANKS set.
# A driver under MPI: the launch is killed, rank 0 first, and goes on; params reach every rank as they were proposed.
set -eu
retrial=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/study" # and what is written meanwhile is beside it: it is no code
cd "$work/study"
cp "$(dirname "$0")/../cli/drive/talk.py" .
cat >model.py <<'PYTHON'
import time


def train(x):
    time.sleep(0.05)
    return {"y": x * 2}
PYTHON
cat >hpo.py <<'PYTHON'
from talk import hear, say

asked = told = 0
while told < 60:
    while asked < min(60, told + 6):
        say(submit=[{"id": asked, "params": {"x": asked / 4}}])
        asked += 1
    told += len(hear().get("done", ())) # or a stop, once all were asked for
say(finish=told)
PYTHON
echo '{name: s, entry: model.py:train, driver: {file: hpo.py, trials: 60}}' >s.yaml
$MPIEXEC "$retrial" run -q -j 1 s.yaml 2>../err &
launch=$!
ended() {
    "$retrial" query --csv "SELECT count(*) FROM s WHERE outcome = 'ok'" 2>../query.err | tail -n 1
}
for _ in $(seq 500); do
    count=$(ended)
    [ "${count:-0}" -lt 3 ] || break
    sleep 0.02
done
owner=$(sed -n 's/.*"pid":\([0-9]*\).*/\1/p' .retrial/lock)
kill -9 "$owner"
wait $launch || true
code=1
for _ in 1 2 3; do # the first may find the dead one's lock
    $MPIEXEC "$retrial" run -q -j 1 s.yaml 2>../err && code=0 && break
done
[ $code = 0 ] || { cat ../err; exit 1; }
"$retrial" query --csv 'SELECT count(*), sum(y = 2 * x), count(DISTINCT x) FROM s' >../table.csv
printf 'count(*),sum(y = 2 * x),count(DISTINCT x)\n60,60,60\n' | diff - ../table.csv || { cat ../err; exit 1; }
"$retrial" query --csv "SELECT count(*) FROM (SELECT 1 FROM \"s.attempts\" WHERE outcome = 'ok' GROUP BY trial HAVING count(*) > 1)" | tail -n 1 | grep -qx 0
