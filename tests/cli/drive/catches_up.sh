# A driver that is run again and has asked for more than is read ahead: the same trials, no matter that some were
# left waiting, and end while it catches up; that the limit of trials has been raised; and that one that failed,
# and was told to have, is run again.
cp "$SOURCE/tests/cli/drive/talk.py" .
cat >model.py <<'PYTHON'
import os

def f(x):
    assert x != 7 or os.path.exists(os.environ["HERE"] + "/mended")
    return {"y": x}
PYTHON
cat >hpo.py <<'PYTHON'
import os, sys
from talk import hear, hello, say, write

asked, told, open_ids = 0, 0, set()
while True:
    lines = []
    while len(open_ids) < 300 and asked < 7500:
        lines.append('{"submit":[{"id":%d,"params":{"x":%d}}]}\n' % (asked, asked))
        open_ids.add(asked)
        asked += 1
    write("".join(lines))
    message = hear()
    if message is None or "stop" in message:
        break
    for done in message["done"]:
        open_ids.remove(done["id"])
        told += done["outcome"] != "skipped"
    if told == 6000 and not os.path.exists(os.environ["HERE"] + "/died"):
        open(os.environ["HERE"] + "/died", "w").close()
        os._exit(3)
print("told", told, "open", len(open_ids), file=sys.stderr)
PYTHON
mkdir ../aside
export HERE=$PWD/../aside
study() { echo "{name: s, entry: model.py:f, driver: {file: hpo.py, trials: $1, in_flight: 300}}" >s.yaml; }
launch() {
    code=0
    retrial run -j 2 "$@" s.yaml >out 2>err || code=$?
    echo "exit $code"
    grep -E "decides otherwise|as before" err | sed -E 's/[0-9]+ requests as before, in [0-9.]+ s/so many requests as before/' || true
}
study 7000
launch
touch "$HERE/mended"
launch --retry failed
study 7200
launch
retrial query --csv "SELECT count(*), sum(outcome = 'ok') AS ok, sum(y = x) AS right FROM s"
retrial query --csv "SELECT count(*) FROM (SELECT trial FROM \"s.attempts\" WHERE outcome = 'ok' GROUP BY trial HAVING count(*) > 1)"
retrial replay s --driver-only 2>&1 | grep -v "^driver: told" | sed -E 's/[0-9]+/N/g'
