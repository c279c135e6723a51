# The entry is imported once for all workers of a host, also by an interpreter of another build than the
# program's libpython: with workers that stay and with one for each trial, after crashes and
# retries, and again only when the template itself was killed. What processes use is measured alike.
! readelf -d "$BUILD/lib/retrial/retrial-guest.so" | grep -qE "lib(a|t)san" ||
    { echo "skipped: an interpreter cannot load what is built with a sanitizer"; exit 77; }
cat >model.py <<'PYTHON'
import os
import signal
import time

with open(os.environ["IMPORTS"], "a") as file:
    file.write("imported\n")
imported_by = os.getpid()
hoard = []


def work(kind, trial):
    if kind == "crash": os.abort()
    if kind == "second" and trial.attempt == 1: raise OSError("the first time")
    if kind == "template" and trial.attempt == 1 and not os.path.exists(os.environ["IMPORTS"] + ".killed"):
        open(os.environ["IMPORTS"] + ".killed", "w").close()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    if kind == "busy":
        end = time.process_time() + 0.05
        while time.process_time() < end: pass
    if kind == "large":
        hoard.append(bytearray(b"x") * (200 << 20))
        hoard.clear()
    return {"forked": imported_by == os.getppid()}
PYTHON
cat >warm.yaml <<'YAML'
name: work
entry: model.py:work
sweep: {kind: [one, two, crash, three, second, busy, large, four]}
replicates: 3
limits: {retries: 1}
YAML
(cat warm.yaml; echo "isolation: fresh") >fresh.yaml
echo "{name: work, entry: model.py:work, sweep: {kind: [template, one]}, limits: {retries: 1}}" >template.yaml
/usr/bin/python3 -m venv --without-pip --copies other
ask() {
    sqlite3 "$1/index.sqlite" "SELECT kind, outcome, count(*), min(forked) FROM work GROUP BY 1, 2"
    sqlite3 "$1/index.sqlite" "SELECT record ->> '\$.python.unshared' FROM agent"
    [ $study != template ] || return 0
    sqlite3 "$1/index.sqlite" "SELECT count(*), max(position) = 1,
        round(min(user_seconds + system_seconds) FILTER (WHERE kind = 'busy'), 2) >= 0.05,
        min(max_rss_kib) FILTER (WHERE kind = 'large') > 200 * 1024,
        max(max_rss_kib) FILTER (WHERE kind = 'one') < 100 * 1024
        FROM \"work.attempts\" JOIN (SELECT ordinal, kind FROM work) USING (ordinal)"
}
for study in warm fresh template; do
    for python in embedded guest; do
        export IMPORTS=$PWD/$study.$python
        [ $python = embedded ] || export VIRTUAL_ENV=$PWD/other
        retrial run --store "$IMPORTS.store" -j 4 -q $study.yaml 2>err || echo "exit $?"
        unset VIRTUAL_ENV
        echo "$study, $python: $(wc -l <"$IMPORTS") imports"
    done
    ask "$PWD/$study.embedded.store"
    cmp <(ask "$PWD/$study.embedded.store") <(ask "$PWD/$study.guest.store")
done
