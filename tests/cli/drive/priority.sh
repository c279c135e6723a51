# A priority outlives the launch in which it was given, and one that was changed does, too.
cp "$SOURCE/tests/cli/drive/talk.py" .
cat >model.py <<'PYTHON'
import os, time

def train(x):
    with open(os.environ["ORDER"], "a") as order:
        print(x, file=order)
    while not os.path.exists(os.environ["ORDER"] + ".go"):
        time.sleep(0.01)
    return {"y": x}
PYTHON
cat >search.py <<'PYTHON'
from talk import hear, say

say(submit=[{"id": 0, "params": {"x": 0}, "priority": 9}])
say(submit=[{"id": i, "params": {"x": i}, "priority": 5 * (i == 4)} for i in range(1, 5)])
say(priority=3, ids=[3])
say(priority=-1, ids=[1])
told = 0
while told < 5:
    told += len(hear().get("done", []))
say(finish=None)
PYTHON
echo '{name: s, entry: model.py:train, driver: search.py}' >s.yaml
export ORDER=$PWD/../order.$$
retrial run -q -j 1 s.yaml 2>err &
pid=$!
until [ -s "$ORDER" ] && retrial query --csv "SELECT count(*) FROM driver WHERE what = 'priority'" 2>/dev/null | grep -q '^2$'; do sleep 0.02; done
kill -9 $pid
wait $pid 2>/dev/null || true
touch "$ORDER.go"
retrial run -q -j 1 s.yaml 2>err || cat err
tail -n +2 "$ORDER" | tr '\n' ' '
echo
rm -f "$ORDER" "$ORDER.go"
