# Interpreters of other versions, named in RETRIAL_TEST_PYTHONS: each imports the entry once, and gives what
# the embedded one gives; so does one that each worker starts. One that is too old says so.
[ -n "${RETRIAL_TEST_PYTHONS:-}" ] || { echo "skipped: RETRIAL_TEST_PYTHONS names no interpreters"; exit 77; }
cat >model.py <<'PYTHON'
import os, random, sys, threading
with open(os.environ["IMPORTS"], "a") as file:
    file.write("imported\n")
if "APART" in os.environ:
    threading.Thread(target=threading.Event().wait, daemon=True).start()
def work(params, trial, seed):
    kind = params["kind"]
    print("trial", trial.ordinal, kind, "\u00df")
    if kind == "raise": raise ValueError("no good")
    if kind == "exit": sys.exit(3)
    if kind == "abort": os.abort()
    if kind == "set": return {"a": {1}}
    return {"random": random.random(), "same": trial.seed == seed, "nan": float("nan"), "list": [1, (2.5, None)]}
PYTHON
echo '{name: work, entry: model.py:work, sweep: {kind: [fine, raise, exit, abort, set, again]}}' >study.yaml
ask() {
    sqlite3 "$1/index.sqlite" "SELECT kind, outcome, random, same, replace(reason, char(10), '/') FROM work ORDER BY ordinal" |
        sed -E 's|/Traceback.*/([A-Z])|\1|; s|Traceback.*/||'
}
export IMPORTS=$PWD/imports
retrial run --store embedded -j 1 -q study.yaml 2>err || true
for python in $RETRIAL_TEST_PYTHONS; do
    echo "{extends: study.yaml, name: work, python: $python}" >named.yaml
    version=$("$python" -c 'import sys; print(sys.version_info >= (3, 6))')
    for apart in "" yes; do
        rm -rf imports store
        [ -z "$apart" ] || export APART=yes
        retrial run --store store -j 2 -q named.yaml 2>err || true
        unset APART
        if [ "$version" = True ]; then
            diff <(ask embedded) <(ask store) || echo "$python differs ${apart:+apart}"
            [ -n "$apart" ] || [ "$(wc -l <imports)" = 1 ] || echo "$python imported $(wc -l <imports) times"
        else
            grep -q 'needs Python' err || { echo "$python:"; cat err; }
        fi
    done
done
