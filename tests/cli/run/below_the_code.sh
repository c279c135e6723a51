# A study in a folder of its code runs in that folder, and finds the rest of the code above it.
mkdir -p project/lib project/studies/data
echo 'def double(x): return 2 * x' >project/lib/helper.py
cat >project/studies/model.py <<'PYTHON'
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "lib"))
import helper
def train(factor):
    with open("data/value") as file:
        return {"answer": helper.double(factor) + int(file.read())}
PYTHON
echo 40 >project/studies/data/value
printf 'entry: model.py:train\ncode: ..\nsweep: {factor: [1, 2]}\n' >project/studies/answer.yaml
retrial run project/studies/answer.yaml
sqlite3 project/studies/.retrial/index.sqlite 'SELECT factor, answer FROM answer ORDER BY factor'
