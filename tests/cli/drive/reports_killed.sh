# Killed after a driver has told a trial something: the next attempt is told the same, from the record,
# on another rank, too.
cp "$SOURCE/tests/cli/drive/talk.py" .
cat >model.py <<'PYTHON'
import os
import time

import retrial


def train(x, here):
    for step in range(4000):
        answer = retrial.report(step, loss=x, wait=True)
        if answer.params:
            break
        time.sleep(0.005)
    if not os.path.exists(here + "/got"):
        open(here + "/got", "w").close()
        time.sleep(600)
    return {"loss": x, "rate": answer.params["rate"]}
PYTHON
cat >hpo.py <<'PYTHON'
from talk import hear, hello, say

say(reports=True)
say(submit=[{"id": "a", "params": {"x": 1}}])
report = hear()["report"][0]
say(tell=[{"trial": report["trial"], "params": {"rate": 0.5}}, {"trial": "nobody.7", "stop": "x"}])
while True:
    heard = hear()
    if "done" in heard:
        break
print(heard["done"][0]["outcome"], heard["done"][0]["metrics"]["rate"])
say(finish=None)
PYTHON
cat >s.yaml <<YAML
name: s
entry: model.py:train
params: {here: "$PWD"}
driver: hpo.py
code: {ignore: ["*"]}
YAML
retrial run -q -j 1 s.yaml >log 2>&1 &
for _ in $(seq 1200); do
    [ ! -e got ] || break
    sleep 0.05
done
kill -9 $!
wait $! 2>/dev/null || true
mpiexec.mpich -n 2 retrial run -q -j 1 s.yaml 2>&1 | sed -E 's/, in [0-9.]+ s;/;/'
retrial query --csv "SELECT attempt, \"by\", params FROM decision ORDER BY 1"
retrial query --csv "SELECT what, count(*) FROM driver WHERE what = 'order' GROUP BY 1"
retrial query --csv "SELECT outcome, rate FROM s"
