# A target that is reached, and a time that is over, end a study. What varies is the driver's to say.
cat >model.py <<'PYTHON'
import time

def f(x, nap=0.0):
    time.sleep(nap)
    return {"y": (x - 5) ** 2}
PYTHON
cat >climb.py <<'PYTHON'
from retrial import drive

study = drive.connect()
for done in study.run({"x": x} for x in range(1000)):
    pass
study.finish(study.stopping)
PYTHON
try() { # name, settings
    echo "{name: $1, entry: model.py:f, driver: {file: climb.py, in_flight: 1, $2}, $3}" >"$1.yaml"
    code=0
    retrial run -j 1 "$1.yaml" 2>../err || code=$?
    echo "-- $1: exit $code"
    grep -E "^the |^retrial run" ../err || true
}
try below "stop: {target: 4, no_better_for: 50}" "objective: {minimize: y}"
retrial query --csv "SELECT count(*), min(y) FROM below"
try above "stop: {target: 40}" "objective: {maximize: y}"
retrial query --csv "SELECT count(*), max(y) FROM above"
try late "stop: {time: 50ms}" "params: {nap: 0.1}"
retrial query --csv "SELECT count(*) < 1000 AS fewer FROM late"
retrial run -j 1 late.yaml 2>&1 | sed -E 's/: (complete, nothing to do|the driver asked for no trial).*/: over/'
# All launches together: the first fails after a second or so, the next goes on until the rest of three is over.
mkdir ../aside
cat >climb_twice.py <<'PYTHON'
import os
from retrial import drive

study = drive.connect()
fails = not os.path.exists(os.environ["HERE"] + "/failed")
for done in study.run({"x": x} for x in range(1000)):
    if fails and done.params["x"] == 4:
        open(os.environ["HERE"] + "/failed", "w").close()
        os._exit(3)
study.finish(study.stopping)
PYTHON
export HERE=$PWD/../aside
echo "{name: twice, entry: model.py:f, driver: {file: climb_twice.py, in_flight: 1, stop: {time: 3s}}, params: {nap: 0.2}}" >twice.yaml
for launch in 1 2; do
    code=0
    retrial run -j 1 twice.yaml 2>../err || code=$?
    echo "-- twice: exit $code"
    grep -o "the time for the study is over" ../err || true
done
retrial query --csv "SELECT count(*) < 18 AS few FROM twice" # of 0.2 s each
retrial run --save saved.yaml below.yaml >/dev/null 2>&1
grep -o '"stop":{[^}]*}' saved.yaml
for stop in '{target: high}' '{target: 3}' '{time: 8}' '{until: 3}'; do
    echo "{name: no, entry: model.py:f, driver: {file: climb.py, stop: $stop}}" >no.yaml
    retrial run -q no.yaml 2>&1 || echo "exit $?"
done
# These would vary something themselves.
echo "{name: no, entry: model.py:f, space: {x: 'uniform(0, 9)'}, driver: climb.py}" >no.yaml
for words in "-S x=3" "-S nap=0,1" "-S nap+=1" "--replicates 3" "--samples 3"; do
    retrial run -q $words no.yaml 2>&1 || echo "exit $?"
done
# What was taken back counts, and a driver that has not finished is not done.
cat >takes_back.py <<'PYTHON'
from retrial import drive

study = drive.connect()
futures = study.submit_all([{"x": x, "nap": 0.1} for x in range(40)])
study.cancel(futures)
study.finish()
PYTHON
cat >yet.py <<'PYTHON'
import signal
from retrial import drive

drive.connect().submit({"x": 1}).result()
open("../started", "w").close()
signal.pause()
PYTHON
touch none.py
summary() { sed -nE '/^(takes_back|none|yet) /{s/ [0-9]+ / N /g; s/; N .*//; p}' "$1"; }
for name in takes_back none yet; do
    echo "{name: $name, entry: model.py:f, driver: $name.py, code: {ignore: ['*']}}" >$name.yaml
done
for name in takes_back none; do
    retrial run -j 1 $name.yaml 2>../err
    summary ../err
done
retrial run -j 1 yet.yaml 2>../err &
until [ -e ../started ]; do sleep 0.02; done
kill -TERM $!
wait $! || echo "exit $?"
summary ../err
sed -i 's/nap=0.0/nap=0.5/' model.py
retrial run -j 1 yet.yaml 2>&1 | sed -n '/^retrial run/p' || echo "exit ${PIPESTATUS[0]}"
