# A program proposes the trials, is told what came of them, and what it said is in the index.
cp "$SOURCE/tests/cli/drive/talk.py" .
cat >model.py <<'PYTHON'
def train(x, seed, width=1, opt=None, deep=None):
    if x == 3:
        raise ValueError("three")
    return {"loss": (x - 2) ** 2 + width / 10, "same": seed % 7}
PYTHON
cat >hpo.py <<'PYTHON'
from talk import hear, hello, say

known = {key: value for key, value in hello.items() if key not in ("id", "capacity")}
print(sorted(known.items()))
say(ask="capacity", n=5)
print("capacity", hear()["answer"])
say(submit=[{"id": "a", "params": {"x": 1}, "tags": {"generation": 1}},
            {"id": 7, "params": {"x": 2.5, "opt.lr": 0.1}, "replicates": 2}])
say(batch=3)
first = {(d["id"], d["replicate"], d["outcome"], d["metrics"]["loss"]) for d in hear()["done"]}
print(sorted(first, key=str))
say(batch=1)
say(submit=[{"id": "a", "params": {"x": 1}}])  # the next replicate of the same params
again = hear()["done"][0]
print(again["id"], again["replicate"], again["params"], again["outcome"], again["reason"])
say(submit=[{"id": "b", "params": {"x": 3}}])
failed = hear()["done"][0]
print(failed["outcome"], failed["metrics"], failed["reason"].splitlines()[-1])
say(submit=[{"id": "c", "params": {"x": 4}}])
print(hear(), hear()["done"][0]["outcome"])  # the limit of trials
say(submit=[{"id": "d", "params": {"x": 5}}])
print(hear()["done"][0])
say(finish={"best": 0.3})
PYTHON
cat >study.yaml <<'YAML'
name: s
entry: model.py:train
params: {width: 2}
space: {x: "uniform(0, 5)", deep: {int: [1, 9], log: true, when: x >= 2}}
driver: {file: hpo.py, trials: 6, in_flight: 4, args: {n: 3}}
objective: {minimize: loss}
YAML
retrial run --dry-run study.yaml | tail -n 1
code=0
retrial run -j 2 study.yaml 2>err || code=$?
grep -E "driver|trials" err | grep -v ^retrial | sed -E 's/; [0-9]+ now.*//'
echo "exit $code"
retrial query --csv "SELECT ordinal, replicate, status, outcome, x, width, \"opt.lr\", loss FROM s ORDER BY 1"
retrial query --csv "SELECT count(DISTINCT seed), count(DISTINCT same) FROM s"
retrial query --csv "SELECT ordinal, typeof(id), id, replicate, params, tags FROM proposal ORDER BY 1"
retrial query --csv "SELECT what, count(*) FROM driver WHERE what <> 'tell' GROUP BY 1 ORDER BY 1"
code=0
retrial run -j 2 study.yaml 2>err || code=$?
head -n 1 err
echo "exit $code"
retrial log s | grep -c "driver *submit"
retrial log s --json | /usr/bin/python3 -c '
import json, sys
for turn in json.load(sys.stdin):
    if turn["what"] not in ("start", "ask", "save"):
        print(turn["by"], turn["what"], turn["id"], turn["detail"])' | sort | uniq -c
rm .retrial/index.sqlite
retrial check | cut -d: -f1
