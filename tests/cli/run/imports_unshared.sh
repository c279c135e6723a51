# What an import leaves that no forked process may use: a GPU context, a thread. Then each worker
# imports the entry in an interpreter of its own, the record says why, and a notice, once. The same
# embedded and with another interpreter.
mkdir torch
cat >torch/__init__.py <<'PYTHON'
import types
def manual_seed(value): pass
cuda = types.SimpleNamespace(is_initialized=lambda: True)
PYTHON
cat >context.py <<'PYTHON'
import os, torch
imported_by = os.getpid()
def work(x): return {"x": x, "own": os.getpid() == imported_by}
PYTHON
cat >thread.py <<'PYTHON'
import os, threading
imported_by = os.getpid()
threading.Thread(target=threading.Event().wait, daemon=True, name="watcher").start()
def work(x): return {"x": x, "own": os.getpid() == imported_by, "threads": threading.active_count()}
PYTHON
cat >plain.py <<'PYTHON'
import os, threading
imported_by = os.getpid()
def work(x): return {"x": x, "own": os.getpid() == imported_by, "threads": threading.active_count()}
PYTHON
for name in context thread plain; do
    echo 'with open(os.environ["IMPORTS"], "a") as file: file.write("imported\n")' >>$name.py
done
/usr/bin/python3 -m venv --without-pip --copies other
for name in context thread plain; do
    echo "{name: $name, entry: $name.py:work, sweep: {x: [1, 2, 3]}}" >$name.yaml
    for python in embedded guest; do
        export IMPORTS=$PWD/$name.$python
        [ $python = embedded ] || export VIRTUAL_ENV=$PWD/other
        retrial run --store "$IMPORTS.store" -j 1 -q $name.yaml 2>said
        unset VIRTUAL_ENV
        echo "$python: $(wc -l <"$IMPORTS") imports"
        cat said
        sqlite3 "$IMPORTS.store/index.sqlite" "SELECT * FROM (SELECT outcome, count(*), min(own) FROM $name GROUP BY 1),
            (SELECT record ->> '\$.python.unshared' FROM agent)"
    done
done
sqlite3 thread.guest.store/index.sqlite "SELECT min(threads) FROM thread"
