# A script that starts the engine itself and drives it, as a notebook does, and then goes on.
cat >notebook.py <<'END'
import os, sys
sys.path.insert(0, os.path.join(os.environ["SOURCE"], "python"))
import math as m
import retrial

SCALE = 2

def helper(x):
    return m.floor(x) * SCALE

def train(x, width=1):
    with open(os.path.expanduser("~/runs"), "a") as file:
        print(x, file=file)
    if x == 3:
        raise ValueError("three")
    return {"loss": helper(x) + width}

with retrial.study(train, workers=2, objective={"minimize": "loss"}, params={"width": 5}) as s:
    for done in s.run({"x": x} for x in range(int(sys.argv[1]))):
        if not done.ok:
            print(done.outcome, done.reason.splitlines()[-1])
    print(s.best.value, len(s.history))
    if len(sys.argv) > 2:
        s.finish("enough")
END
python3 notebook.py 6
python3 notebook.py 8
wc -l <~/runs
retrial --store train/.retrial query --csv 'SELECT count(*), min(loss), sum(outcome = '"'failed'"') FROM train'
sed -n 's/^import \(.*\)/\1/p' train/entry.py
python3 notebook.py 8 finish
python3 notebook.py 8 2>&1 | grep -o 'complete, nothing to do' || true
sed -i 's/SCALE = 2/SCALE = 3/' notebook.py
python3 notebook.py 8 2>&1 | tail -n 2 || true
sed -i 's/x == 3/x == data/; s/^SCALE/data = iter(())\nSCALE/' notebook.py
python3 notebook.py 8 2>&1 | tail -n 1 || true
# Nested params are the same in whatever order they are written.
cat >nested.py <<'END'
import os, sys
sys.path.insert(0, os.path.join(os.environ["SOURCE"], "python"))
import retrial

def fit(lr, model):
    return {"loss": lr * model["w"] + model["d"]}

with retrial.study(fit, workers=1, objective={"minimize": "loss"}) as s:
    done = s.submit({"lr": 0.5, "model": {"w": 3, "d": 2}}).result()
    print(done.trial.split(".")[1], done.value)
END
python3 nested.py
python3 nested.py
