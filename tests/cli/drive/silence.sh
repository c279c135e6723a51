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
# Only its decisions are looked at: what is waited for is said after seconds.
cat >hangs.py <<'PYTHON'
import os, signal
from talk import hear, say

say(submit=[{"id": 1, "params": {"x": 1}}])
if os.path.exists(os.environ["HERE"] + "/hang"):
    signal.pause()
hear()
say(finish=1)
PYTHON
mkdir ../aside
export HERE=$PWD/../aside
sed -i 's/2.5/0/' model.py
echo "{name: hangs, entry: model.py:train, driver: {file: hangs.py}}" >hangs.yaml
retrial run -q hangs.yaml 2>&1
touch "$HERE/hang"
retrial replay hangs --driver-only >out 2>&1 &
pid=$!
for i in $(seq 300); do
    grep -q "said nothing" out && break
    sleep 0.1
done
kill -INT $pid
code=0
wait $pid || code=$?
cat out
echo "exit $code"
