# A driver that waits for a long trial is not silent; one that says nothing when it is its turn is.
cp "$SOURCE/tests/cli/drive/talk.py" .
cat >model.py <<'PYTHON'
import time


def train(x):
    time.sleep(2.5)
    return {"y": x}
PYTHON
cat >waits.py <<'PYTHON'
from talk import hear, say

say(submit=[{"id": 1, "params": {"x": 1}}])
hear()
say(finish=1)
PYTHON
sed 's/^say(finish/import time\n\ntime.sleep(2.5)\n&/' waits.py >thinks.py
for name in waits thinks; do
    echo "{name: $name, entry: model.py:train, driver: {file: $name.py, silence: 1s}}" >$name.yaml
    retrial run -q $name.yaml 2>&1
done
