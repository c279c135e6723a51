# However a trial's process ends, and whatever it does to what it inherited, it is one attempt with an
# outcome and a reason, and the study goes on. With the embedded interpreter and with another one.
cat >model.py <<'PYTHON'
import os, signal, sys, time


def leave(name):
    """A grandchild in a session of its own that ignores SIGTERM and holds stdout."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            with open(os.environ["LEFT"] + "/" + name, "w") as file:
                file.write(str(os.getpid()))
            time.sleep(600)
        os._exit(0)
    while not os.path.exists(os.environ["LEFT"] + "/" + name):
        time.sleep(0.01)


def forge():
    """Writes what looks like a result to all that it inherited."""
    for fd in range(3, 1024):
        try:
            os.write(fd, b'{"loss": 666}\n' * 20)
        except OSError:
            pass


def work(kind, trial):
    if kind == "exit 0": sys.exit(0)
    if kind == "exit text": sys.exit("not today")
    if kind == "_exit 3": os._exit(3)
    if kind == "abort": os.abort()
    if kind == "kill": os.kill(os.getpid(), signal.SIGKILL)
    if kind == "infinite": return {"loss": float("-inf")}
    if kind == "bad bytes": os.write(1, b"\xff\xfe\x00\n")
    if kind == "bad exception": raise RuntimeError("half a \udc80 character")
    if kind == "bad text": return {"loss": 1, "label": "\ud800"}
    if kind == "keys": return {"loss": 1, 2: 3}
    if kind == "bad key": return {"loss": 1, "\udc80": 3}
    if kind == "big integer": return {"loss": 2**70}
    if kind == "forge": forge()
    if kind == "leave": leave("leave")
    if kind == "leave and die":
        leave("die")
        os._exit(0)
    if kind == "leave and hang":
        leave("hang")
        time.sleep(600)
    if kind == "child raises" and os.fork() == 0: raise ValueError("in the child")
    if kind == "flood":
        for _ in range(64): os.write(1, b"x" * (1 << 20))
    return {"loss": 1}
PYTHON
cat >study.yaml <<'YAML'
name: work
entry: model.py:work
sweep:
  kind: [exit 0, exit text, _exit 3, abort, kill, infinite, bad bytes, bad exception, bad text,
         keys, bad key, big integer, forge, leave, leave and die, leave and hang, child raises, flood, fine]
limits: {timeout: 3s, retries: 1, output: 1KiB}
YAML
/usr/bin/python3 -m venv --without-pip --copies other
ask() {
    sqlite3 "$1/index.sqlite" "SELECT kind, outcome, loss, \"loss.state\", substr(reason, 1, 100) FROM work
        ORDER BY ordinal" | sed -E 's/after [0-9.]+ s/after TIME/'
    sqlite3 "$1/index.sqlite" "SELECT kind, label FROM work WHERE label IS NOT NULL"
    sqlite3 "$1/index.sqlite" "SELECT ordinal, group_concat(attempt || ' ' || outcome, ', ')
        FROM (SELECT * FROM \"work.attempts\" ORDER BY ordinal, attempt) GROUP BY ordinal"
}
for store in embedded guest; do
    [ $store = embedded ] || export VIRTUAL_ENV=$PWD/other
    export LEFT=$PWD/left.$store
    mkdir "$LEFT"
    retrial run --store $store -j 1 -q study.yaml 2>err || echo "exit $?"
    tail -n 1 err
    for file in "$LEFT"/*; do
        ! kill -0 "$(cat "$file")" 2>err || echo "$file is still there"
    done
    ls "$LEFT"
done
ask embedded
cmp <(ask embedded) <(ask guest)
id=$(retrial ls --store embedded --csv | sed -n '2s/,.*//p')
for trial in 7 18; do
    retrial log --store embedded "$id.$trial" 2>&1 | cat -v | sed -E 's/x{40,}/xxx/g'
done
