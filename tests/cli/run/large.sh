# Large things: many values of an axis, many workers at once, params of 1 MB, a result of 4 MB.
mkdir "$HOME/there"
cat > model.py <<PYTHON
import os
import time


def double(x):
    return {"y": 2 * x}


def meet(i):
    open(f"$HOME/there/{i}", "w").close()
    while len(os.listdir("$HOME/there")) < 40:
        time.sleep(0.02)
    return {"met": i}


def wide(weights, i):
    return {"keys": len(weights), "sum": sum(weights.values()) + i}


def long(size):
    return {"text": "x" * size}
PYTHON
values=$(seq -s , 1 4096)
echo "{name: levels, entry: model.py:double, sweep: {x: [$values]}}" > levels.yaml
retrial run -q levels.yaml
retrial query --csv "SELECT count(*), min(x), max(x), sum(y) = sum(2 * x), sum(y) FROM levels WHERE outcome = 'ok'"

echo "-- workers that are all there at once"
echo "{name: meet, entry: model.py:meet, sweep: {i: '1:40:1'}, limits: {timeout: 60s}}" > meet.yaml
retrial run -q -j 40 meet.yaml
retrial query --csv 'SELECT count(*), sum(met) FROM meet'

echo "-- params"
/usr/bin/python3 -c 'import json
weights = {f"{i:050}": i for i in range(17000)}
print(json.dumps({"name": "wide", "entry": "model.py:wide", "params": {"weights": weights}, "sweep": {"i": [0, 1]}}))' > wide.json
[ "$(stat -c %s wide.json)" -gt 1000000 ]
retrial run -q wide.json
retrial query --csv 'SELECT i, keys, sum FROM wide ORDER BY i'

echo "-- result"
echo "{name: long, entry: model.py:long, params: {size: 4000000}}" > long.yaml
retrial run -q long.yaml
retrial query --csv 'SELECT size, text, "text.state" FROM long'
retrial show --json long.1 > shown
/usr/bin/python3 -c 'import json
print(len(json.load(open("shown"))["attempts"][0]["result"]["text"]))'
