# A driver that is broken, in each way, gets its message; what runs is recorded.
cp "$SOURCE/tests/cli/drive/talk.py" .
echo 'def train(x): return {"loss": x}' >model.py
try() { # name, further settings; the program's text comes in
    { echo "from talk import *"; cat; } >"$1.py"
    echo "{name: $1, entry: model.py:train, driver: {file: $1.py, $2}, objective: {minimize: loss}}" >"$1.yaml"
    code=0
    timeout 60 retrial run -q -j 2 "$1.yaml" 2>err || code=$?
    echo "-- $1: exit $code"
    grep -v '^driver:' err | cut -c1-200 || true
    retrial query --csv "SELECT count(*) FROM \"$1\" WHERE outcome = 'ok'" 2>/dev/null | tail -n 1
}
try dies "" <<'PYTHON'
say(submit=[{"id": 1, "params": {"x": 1}}])
hear()
raise RuntimeError("no more ideas")
PYTHON
try killed "" <<'PYTHON'
import os, signal
os.kill(os.getpid(), signal.SIGKILL)
PYTHON
try rubbish "" <<'PYTHON'
write("Hello, world \033[31m\n")
hear(), hear()
PYTHON
try verb "" <<'PYTHON'
say(sumbit=[])
hear()
PYTHON
try member "" <<'PYTHON'
say(submit=[{"id": 1, "params": {"x": 1}, "tag": 1}])
hear()
PYTHON
try twice "" <<'PYTHON'
say(submit=[{"id": 1, "params": {"x": 1}}, {"id": 1, "params": {"x": 2}}])
hear()
PYTHON
try nothing "" <<'PYTHON'
say(submit=[{"id": 1, "params": {"x": 1}}])
PYTHON
try unread "" <<'PYTHON'
for i in range(500):
    say(submit=[{"id": i, "params": {"x": i}}])
say(finish=1)
PYTHON
try half "" <<'PYTHON'
write('{"submit": [')
PYTHON
try large "" <<'PYTHON'
say(submit=[{"id": 1, "params": {"x": "a" * 200000}}])
hear()
PYTHON
try silent "silence: 200ms" <<'PYTHON'
import time
time.sleep(0.6)
PYTHON
try worse "stop: {no_better_for: 3}" <<'PYTHON'
for i in range(10):
    say(submit=[{"id": i, "params": {"x": i}}])
    message = hear()
    if "stop" in message:
        break
PYTHON
try absent "" <<'PYTHON'
PYTHON
echo "{name: s, entry: model.py:train, driver: {command: [no-such-program]}}" >no.yaml
retrial run -q no.yaml 2>&1 || echo "exit $?"
for driver in '{file: gone.py}' '{file: a.txt}' '{trials: 3}' '{file: dies.py, comand: [x]}' '{use: a.B, file: dies.py}' \
    '{file: dies.py, stop: {no_better_for: 3}}' '{file: dies.py, resume: maybe}' '{command: []}' '[x]'; do
    echo "{name: s, entry: model.py:train, driver: $driver}" >no.yaml
    retrial run -q no.yaml 2>&1 || echo "exit $?"
done
for space in '{x: 3}' '{x: {int: [1, 2], when: y == 1}}' '{x: {uniform: [2, 1]}}' '{x: {int: [0, 9], log: true}}' '{x: {int: [1, 9], lag: true}}'; do
    echo "{name: s, entry: model.py:train, driver: dies.py, space: $space}" >no.yaml
    retrial run -q no.yaml 2>&1 || echo "exit $?"
done
echo "{name: s, entry: model.py:train, driver: dies.py, sweep: {x: [1]}}" >no.yaml
retrial run -q no.yaml 2>&1 || echo "exit $?"
echo "{name: s, entry: model.py:train, space: {x: \"uniform(0, 1)\"}}" >no.yaml
retrial run -q no.yaml 2>&1 || echo "exit $?"
echo "-- what is said of those that are not finished"
retrial run -j 2 killed.yaml 2>&1 | grep -E "retry|go on" || true
retrial status | grep -E "^(dies|killed) " | sed -E 's/\([a-z0-9]+\)/(ID)/; s/resume [a-z0-9]+/resume ID/'
retrial ls | grep -oE "(dies|killed) +[0-9]+ so far"
