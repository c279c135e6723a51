# What a driver proposes says how a function with one required argument takes it: as one dict, unless something
# of it is an argument.
cat >model.py <<'PYTHON'
def whole(p, trial=None):
    return {"y": p["x"], "dict": isinstance(p, dict)}

def named(x):
    return {"y": x, "dict": isinstance(x, dict)}

def scaled(x, by=2):
    return {"y": x * by, "dict": isinstance(x, dict)}
PYTHON
cat >hpo.py <<'PYTHON'
import json
from retrial import drive

study = drive.connect()
for done in study.run(study.args["params"]):
    print(json.dumps(done.params, sort_keys=True), done.outcome, done.metrics)
PYTHON
try() { # function, params
    echo "{name: $1, entry: model.py:$1, driver: {file: hpo.py, in_flight: 1, args: {params: $2}}}" >$1.yaml
    echo "-- $1"
    retrial run -q -j 1 $1.yaml 2>&1 | sed -n 's/^driver: //p' || true
}
try whole "[{x: 1}, {x: 2, z: 3}]"
try named "[{x: 1}, {x: 2, z: 3}]"
try scaled "[{x: 1}, {by: 5}, {x: 3, by: 4}]"
