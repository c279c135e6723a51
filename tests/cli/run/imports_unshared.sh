# What an import leaves that no forked process may use: a GPU context, a thread. Then each worker
# imports the entry in an interpreter of its own, and the record says why.
mkdir torch
cat >torch/__init__.py <<'PYTHON'
import types
def manual_seed(value): pass
cuda = types.SimpleNamespace(is_initialized=lambda: True)
PYTHON
cat >context.py <<'PYTHON'
import os, torch
imported_by = os.getpid()
def work(x): return {"own": os.getpid() == imported_by}
PYTHON
cat >thread.py <<'PYTHON'
import os, threading
imported_by = os.getpid()
threading.Thread(target=threading.Event().wait, daemon=True, name="watcher").start()
def work(x): return {"own": os.getpid() == imported_by, "threads": threading.active_count()}
PYTHON
cat >plain.py <<'PYTHON'
import os, threading
imported_by = os.getpid()
def work(x): return {"own": os.getpid() == imported_by, "threads": threading.active_count()}
PYTHON
for name in context thread plain; do
    echo "{name: $name, entry: $name.py:work, sweep: {x: [1, 2, 3]}}" >$name.yaml
    retrial run --store $name -j 1 -q $name.yaml 2>"$HOME/said"
    sqlite3 $name/index.sqlite "SELECT * FROM (SELECT outcome, count(*), min(own) FROM $name GROUP BY 1),
        (SELECT record ->> '\$.python.unshared' FROM agent)"
done
sqlite3 thread/index.sqlite "SELECT min(threads) FROM thread"
