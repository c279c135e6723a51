# Inputs are hashed into the plan and the keys: other content is another revision, never unnoticed.
mkdir -p data/parts
echo 1 >data/a.csv
echo 2 >data/parts/b.csv
ln -s ../a.csv data/parts/link.csv
ln -s .. data/parts/up
cat >model.py <<'PYTHON'
import os


def train(x, fail=0):
    if os.path.exists(os.environ["STOP"]) and x == 2:
        os.kill(os.getpid(), 9)
    return {"sum": x + sum(int(open("data/" + name).read()) for name in ("a.csv", "parts/b.csv"))}
PYTHON
printf 'name: sums\nentry: model.py:train\nsweep: {x: [1, 2]}\ninputs: [data]\ncode: {ignore: [data/]}\n' >sums.yaml
export STOP=$PWD/stop
ask() { sqlite3 .retrial/index.sqlite "SELECT ordinal, x, outcome, sum FROM sums ORDER BY ordinal"; }
run() { retrial "$@" -j 1 2>&1 | grep -v '^retrial show\|^ *$\|trials/s\|done in' || true; }
run run -q sums.yaml
ask
echo "-- nothing changed, nothing to do"
touch data/a.csv
run run -q sums.yaml
echo "-- under a complete study: all again"
echo 10 >data/a.csv
run run -q sums.yaml
ask
echo "-- what was is still there"
echo 1 >data/a.csv
run run -q sums.yaml
ask
echo "-- under an unfinished study: stop and say so"
cat >slow.py <<'PYTHON'
import os
import time


def train(x):
    while x == 2 and not os.path.exists(os.environ["GO"]):
        time.sleep(0.02)
    return int(open("data/a.csv").read())
PYTHON
printf 'name: slow\nentry: slow.py:train\nsweep: {x: [1, 2]}\ninputs: [data/a.csv]\n' >slow.yaml
export GO=$PWD/go
retrial run -q -j 1 slow.yaml 2>/dev/null &
until retrial status 2>/dev/null | grep -q '1 of 2'; do sleep 0.05; done
kill -INT $!
sleep 0.3 # two at once are one
kill -INT $!
wait $! || true
echo 7 >data/a.csv
retrial run -q -j 1 slow.yaml 2>&1 || echo "exit $?"
retrial resume -q -j 1 slow 2>&1 || echo "exit $?"
echo 1 >data/a.csv
touch go
retrial resume -q -j 1 slow
sqlite3 .retrial/index.sqlite "SELECT ordinal, x, outcome, value FROM slow"
sqlite3 .retrial/index.sqlite "SELECT key_inputs IS NOT NULL, count(DISTINCT key_inputs) FROM plan JOIN study USING (study) WHERE name = 'sums' GROUP BY 1"
rm -r data
retrial run -q -j 1 sums.yaml 2>&1 || echo "exit $?"
