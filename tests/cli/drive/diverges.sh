# A driver that was edited: both requests are shown, by a run, a strict one, and without any trial.
cp "$SOURCE/tests/cli/drive/talk.py" .
echo 'def train(x): return {"loss": (x - 2) ** 2}' >model.py
cat >hpo.py <<'PYTHON'
from talk import hear, hello, say
import os

told = 0
if hello["resume"] == "tell":
    print("open", hello["open"])
else:
    for i in range(3):
        say(submit=[{"id": i, "params": {"x": i + SHIFT}}])
while told < 3:
    for done in hear()["done"]:
        told += 1
        print(done["id"], done["params"], done["metrics"], done.get("earlier"))
if os.path.exists("no-end"):
    os._exit(3)
say(submit=[{"id": "last", "params": {"x": 9}}])
hear()
say(finish=told)
PYTHON
sed -i 's/SHIFT/0/' hpo.py
echo '{name: s, entry: model.py:train, driver: hpo.py, code: {ignore: ["*"]}}' >s.yaml
show() { sed -E 's/, in [0-9.]+ s;/;/; s/event [0-9]+/event N/; /[0-9]+ now/d'; }
touch no-end
retrial run -q -j 1 s.yaml 2>&1 | show || true
rm no-end
echo "-- as it was"
retrial replay --driver-only s 2>&1 | show
sed -i 's/i + 0/i + (i == 2) * 10/' hpo.py
echo "-- edited"
retrial replay --driver-only s 2>&1 | show || echo "exit ${PIPESTATUS[0]}"
retrial run -q -j 1 --strict s.yaml 2>&1 | show || echo "exit ${PIPESTATUS[0]}"
retrial query --csv "SELECT count(*) FROM s"
retrial run -q -j 1 s.yaml 2>&1 | show || echo "exit ${PIPESTATUS[0]}"
retrial query --csv "SELECT ordinal, x, outcome FROM s ORDER BY 1"
retrial query --csv "SELECT detail ->> 'before' AS before, detail ->> 'now' AS now, detail ->> 'after' AS after FROM driver WHERE what = 'diverge' ORDER BY event"
retrial replay --driver-only s 2>&1 | show
echo "-- long requests are shown where they differ"
cat >long.py <<'PYTHON'
import sys
from talk import hear, say

print("long")
say(finish=["x" * 5000, "ä" * 50, open("../end").read().strip(), "y" * 5000])
PYTHON
echo before >../end
echo '{name: long, entry: model.py:train, driver: long.py, code: {ignore: ["*"]}}' >long.yaml
retrial run -q -j 1 long.yaml 2>&1 | cut -c1-40
echo now >../end
retrial replay --driver-only long 2>&1 | sed -n '/before: /p; /now: /p' | cut -c1-100 || echo "exit ${PIPESTATUS[0]}"
