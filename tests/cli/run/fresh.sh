# `isolation: fresh` gives each trial a process of its own, forked after the entry was imported once;
# `limits: {memory: ...}` ends what takes more. With the embedded interpreter and with another one.
cat >model.py <<'PYTHON'
import os
import time

with open(os.environ["IMPORTS"], "a") as file:
    file.write("imported\n")
runs = 0


def work(kind):
    global runs
    runs += 1
    if kind == "hoard":
        kept = []
        for _ in range(64):
            kept.append(b"x" * (16 << 20))
            time.sleep(0.005)
    if kind == "crash":
        os.abort()
    return {"runs": runs}
PYTHON
cat >study.yaml <<'YAML'
name: work
entry: model.py:work
sweep: {kind: [first, hoard, crash, last]}
replicates: 2
isolation: fresh
limits: {memory: 200MiB}
YAML
cat >command.yaml <<'YAML'
name: command
entry: {command: [sh, -c, "head -c {bytes} /dev/zero | tail -n 1 | wc -c"]}
sweep: {bytes: [100, 300000000]}
isolation: fresh
limits: {memory: 100MiB}
objective: {minimize: size}
YAML
/usr/bin/python3 -m venv --without-pip --copies other
ask() {
    sqlite3 "$1/index.sqlite" "SELECT kind, replicate, outcome, runs, reason FROM work ORDER BY ordinal;
        SELECT 'position', min(position), max(position), 'processes', count(DISTINCT pid) FROM \"work.attempts\"" |
        sed -E 's/with [0-9.]+ MiB/with SOME MiB/'
}
export IMPORTS=$PWD/imports
retrial run --store embedded -j 2 -q study.yaml || echo "exit $?"
ask embedded
echo "imports: $(wc -l <imports)"
VIRTUAL_ENV=$PWD/other retrial run --store guest -j 2 -q study.yaml || echo "exit $?"
cmp <(ask embedded) <(ask guest)
retrial run --store command -j 2 -q command.yaml || echo "exit $?"
sqlite3 command/index.sqlite "SELECT bytes, outcome, size, reason FROM command ORDER BY ordinal" |
    sed -E 's/with [0-9.]+ MiB/with SOME MiB/'
