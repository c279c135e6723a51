# However a trial of a Python function or a command ends, it ends as one attempt with its outcome and
# bounded output, and the trials behind it are not harmed. The same embedded and with another
# interpreter; retries are attempts of their own.
cat >model.py <<'PYTHON'
import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
import time


class Odd:
    def __repr__(self):
        raise RuntimeError("no text of me")


def work(kind, trial):
    if kind == "exit zero":
        sys.exit(0)
    if kind == "exit text":
        sys.exit("no more data")
    if kind == "abort":
        os.abort()
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "wild":
        ctypes.string_at(8)
    if kind == "infinite":
        return {"loss": float("inf"), "low": float("-inf"), "not": float("nan")}
    if kind == "odd":
        return {"a": [1, {"b": Odd()}]}
    if kind == "huge integer":
        return {"n": 1 << 70}
    if kind == "keys":
        return {1: 2}
    if kind == "text":
        return "fine"
    if kind == "tuple":
        return (1, 2)
    if kind == "loop":
        a = {}
        a["a"] = a
        return a
    if kind == "deep":
        def down(n):
            return down(n + 1)
        down(0)
    if kind == "bytes":
        os.write(1, b"\xff\xfe\x00 not UTF-8\n")
        os.write(2, b"\x80\x81\n")
    if kind == "bad text":
        raise ValueError("lone \udc80 surrogate, \x1b[31m and a zero \0")
    if kind == "odd error":
        class Broken(Exception):
            def __str__(self):
                raise RuntimeError("no")
        raise Broken()
    if kind == "flood":
        block = b"x" * (1 << 20)
        for _ in range(300):
            os.write(1, block)
    if kind == "scribble":
        # What a worker holds is not told by its numbers: rubbish goes to all that can be written.
        for fd in range(3, 64):
            try:
                os.write(fd, b"\0" * 8)
            except OSError:
                pass
    if kind == "close":
        os.closerange(0, 64)
    if kind == "daemon":
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                open(os.environ["DAEMONS"], "a").write("%d\n" % os.getpid())
                time.sleep(600)
            os._exit(0)
        os.wait()
    if kind == "twice":
        os.fork()
    if kind == "thread":
        threading.Thread(target=time.sleep, args=(600,)).start()
    if kind == "limit":
        resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))
    if kind == "interrupt":
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(10)
    if kind == "second" and trial.attempt == 1:
        raise OSError("the first time")
    return {"loss": 0.5}
PYTHON
cat >study.yaml <<'YAML'
name: work
entry: model.py:work
sweep:
  kind: [exit zero, exit text, abort, kill, wild, infinite, odd, huge integer, keys, text, tuple, loop, deep, bytes,
    bad text, odd error, flood, scribble, close, daemon, twice, thread, limit, interrupt, second, last]
limits: {timeout: 60s, retries: 1, output: 1kB}
YAML
/usr/bin/python3 -m venv --without-pip --copies other
export DAEMONS=$PWD/daemons
ask() {
    sqlite3 "$1/index.sqlite" "SELECT kind, outcome, attempt, loss, \"loss.state\",
        replace(substr(reason, -70), char(10), '/') FROM work WHERE kind NOT IN ('scribble', 'close') ORDER BY ordinal"
}
retrial run --store embedded -j 1 -q study.yaml || echo "exit $?"
VIRTUAL_ENV=$PWD/other retrial run --store guest -j 1 -q study.yaml || echo "exit $?"
ask embedded
diff <(ask embedded) <(ask guest) && echo "the same as a guest"
for pid in $(cat daemons); do
    ! kill -0 "$pid" 2>/dev/null || echo "daemon $pid lives"
done
for store in embedded guest; do
    sqlite3 $store/index.sqlite "SELECT kind, outcome FROM work WHERE kind IN ('scribble', 'close')"
    retrial log --store $store work.17 | wc -c
    retrial log --store $store work.14 | head -n 3
done
