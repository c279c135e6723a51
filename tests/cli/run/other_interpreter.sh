# An interpreter of another build than the program's libpython runs trials as a guest, and every
# outcome is what it is with the embedded one. A copied interpreter counts as another build.
cat >model.py <<'PYTHON'
import os, random, signal, sys, time
def work(kind, trial, seed, scale=2.0):
    print(f"{kind} of trial {trial.ordinal}")
    if kind == "raise": raise ValueError("no good")
    if kind == "crash": os.kill(os.getpid(), signal.SIGSEGV)
    if kind == "hang": time.sleep(100)
    if kind == "exit": sys.exit(3)
    if kind == "vanish": os._exit(0)
    if kind == "flood": sys.stdout.write("x" * 20_000_000)
    if kind == "nan": return {"loss": float("nan")}
    if kind == "nothing": return None
    if kind == "set": return {"a": {1, 2}}
    if kind == "fork": os.fork()
    if kind == "stray": os.chdir("/"); os.environ["STRAY"] = "1"
    if kind == "after": return {"stray": "STRAY" in os.environ or os.getcwd() == "/"}
    return {"loss": scale * random.random(), "seeded": seed == trial.seed}
PYTHON
cat >study.yaml <<'YAML'
name: work
entry: model.py:work
params: {scale: 3.0}
sweep: {kind: [fine, raise, crash, hang, exit, vanish, flood, nan, nothing, set, fork, stray, after]}
limits: {timeout: 1s}
YAML
/usr/bin/python3 -m venv --without-pip --copies other
/usr/bin/python3 -m venv --without-pip same
ask() {
    sqlite3 "$1/index.sqlite" "SELECT kind, outcome, loss, \"loss.state\", stray, seeded,
        substr(reason, 1, 60) FROM work ORDER BY ordinal" |
        sed -E 's/[0-9]+\.[0-9]+ s/TIME/g'
}
who() {
    sqlite3 "$1/index.sqlite" "SELECT json_extract(record, '\$.python.executable') FROM agent"
}
retrial run --store embedded -j 1 -q study.yaml || echo "exit $?"
VIRTUAL_ENV=$PWD/other retrial run --store guest -j 1 -q study.yaml || echo "exit $?"
VIRTUAL_ENV=$PWD/same retrial run --store venv -j 1 -q study.yaml || echo "exit $?"
(cat study.yaml; echo "python: other/bin/python3") >named.yaml
retrial run --store named -j 1 -q named.yaml || echo "exit $?"
ask embedded
for store in guest venv named; do
    cmp <(ask embedded) <(ask $store)
    who $store
done
