# kill -9 at random instants, in each way to go on: the same trials are asked for as without it, and none
# succeeds twice. KILLS asks for more rounds than the few of every day.
cp "$SOURCE/tests/cli/drive/talk.py" .
cat >model.py <<'PYTHON'
import time

def train(x):
    time.sleep(0.01)
    return {"loss": (x - 2) ** 2}
PYTHON
cat >hpo.py <<'PYTHON'
import base64, pickle, random
from talk import hear, hello, say

N, rng, asked, told, since = 60, random.Random(5), 0, 0, 0
ended = set()
how = hello["resume"]
if how == "state" and hello["state"]:
    asked, told, state, ended = pickle.loads(base64.b64decode(hello["state"]))
    rng.setstate(state)
    assert {item["id"] for item in hello["open"]} == set(range(asked)) - ended, hello["open"]
if how == "tell":
    asked = len(hello["open"])  # and those that it will be told, are not asked for again
    known = {item["id"] for item in hello["open"]}
say(ask="random", n=1)  # the answer comes behind what there is to tell, be it nothing


def ask():
    global asked
    if asked < N:
        say(submit=[{"id": asked, "params": {"x": rng.uniform(0, 5)}}])
        asked += 1


while how != "tell" and asked < 4:
    ask()
while told < N:
    message = hear()
    if message is None:
        raise SystemExit(1)
    for done in message.get("done", []):
        assert done["outcome"] == "ok", done
        told += 1
        ended.add(done["id"])
        since += 1
        asked += how == "tell" and "earlier" in done and done["id"] not in known
    while asked < min(told + 4, N):
        ask()
    if told % 3 == 0:
        say(save=base64.b64encode(pickle.dumps((asked, told, rng.getstate(), ended))).decode(), told=since)
say(finish=None)
PYTHON
study() { # resume
    echo "{name: $1, entry: model.py:train, driver: {file: hpo.py, resume: $2}}" >"$1.yaml"
}
asked() { retrial query --csv "SELECT proposal.id, params FROM proposal JOIN study USING (study) WHERE name = '$1' ORDER BY ordinal" | tail -n +2; }
study whole replay
retrial run -q -j 2 whole.yaml 2>err || cat err
[ "$(asked whole | wc -l)" = 60 ] || echo "not all were asked for"
for resume in replay state tell; do
    study "$resume" "$resume"
    for round in $(seq "${KILLS:-3}"); do
        retrial run -q -j 2 "$resume.yaml" 2>err &
        pid=$!
        sleep "0.$((RANDOM % 25 + 14))"
        kill -9 $pid 2>/dev/null || true
        wait $pid 2>/dev/null || true
    done
    code=0
    retrial run -q -j 2 "$resume.yaml" 2>err || code=$?
    [ $code = 0 ] || cat err
    retrial query --csv "SELECT count(*), sum(outcome = 'ok') AS ok FROM \"$resume\"" | tail -n 1
    retrial query --csv "SELECT count(*) FROM (SELECT trial FROM \"$resume.attempts\" WHERE outcome = 'ok' GROUP BY trial HAVING count(*) > 1)" | tail -n 1
    if [ $resume = tell ]; then
        asked $resume | cut -d, -f1 | sort -n | uniq | wc -l
    else
        cmp <(asked whole) <(asked $resume) && echo "asked as without a kill"
    fi
    retrial check | cut -d: -f1
done
