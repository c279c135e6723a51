# A launch of several ranks that is stopped publishes all it has before its ranks leave.
command -v mpiexec.mpich > /dev/null || { echo "mpiexec.mpich is not there"; exit 77; }
. "$SOURCE/tests/cli/home.bash"
cat > m.py <<'PYTHON'
import time


def train(i):
    time.sleep(0.05)
    return i
PYTHON
attempts() { retrial --store "$1" query 'SELECT count(*) FROM "q.attempts"' --csv | tail -n 1; }
mpiexec.mpich -n 3 retrial run m.py:train -S i=1:2000:1 --name q --quiet -j 1 --home home --publish 1h 2> said &
run=$!
until_says ' [1-9][0-9]* of 2000' retrial status
retrial stop 2> /dev/null
wait $run || echo "exit $?"
grep -c 'interrupted; what was recorded is safe' said
retrial --store home status --json | python3 -c '
import json, sys
print(json.load(sys.stdin)["home"]["ended"] is not None)'
mv .retrial kept
[ "$(attempts kept)" = "$(attempts home)" ] && echo "all is there"
