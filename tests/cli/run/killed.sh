# kill -9 of the program ends all below it, whatever it moved to: a trial, what the trial left in a session of
# its own, its worker, the template. In all three ways that Python functions run. Then the study goes on.
cat >model.py <<'PYTHON'
import os, signal, threading, time

if "APART" in os.environ:
    threading.Thread(target=threading.Event().wait, daemon=True).start()


def note(name):
    with open(f"{os.environ['PIDS']}/{name}.part", "w") as file:
        file.write(f"{os.getpid()} {os.getppid()}")
    os.rename(file.name, f"{os.environ['PIDS']}/{name}")


def work(x):
    if x == 1 or os.path.exists(os.environ["PIDS"] + "/again"): return {"y": x}
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            note("grandchild")
            time.sleep(600)
        os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note("trial")
    time.sleep(600)
PYTHON
echo "{name: work, entry: model.py:work, sweep: {x: [1, 2]}}" >study.yaml
/usr/bin/python3 -m venv --without-pip --copies "$HOME/other"
wait_for() { # command
    for _ in $(seq 600); do ! "$@" 2>"$HOME/err" || return 0; sleep 0.05; done
    echo "waited in vain: $*"
}
all_gone() { for pid in $pids; do ! kill -0 "$pid" || return 1; done; }
for way in embedded guest apart; do
    export PIDS=$HOME/$way
    mkdir "$PIDS"
    [ $way = embedded ] || export VIRTUAL_ENV=$HOME/other
    [ $way != apart ] || export APART=yes
    retrial run --store "$HOME/$way.store" -j 1 -q study.yaml 2>"$HOME/err" &
    agent=$!
    wait_for test -e "$PIDS/trial" -a -e "$PIDS/grandchild"
    kill -9 $agent
    wait $agent 2>"$HOME/err" || true
    pids=$(cat "$PIDS/trial"; echo; cut -d' ' -f1 "$PIDS/grandchild")
    wait_for all_gone
    touch "$PIDS/again"
    retrial run --store "$HOME/$way.store" -j 1 -q study.yaml 2>"$HOME/err" || { echo "exit $?"; cat "$HOME/err"; }
    sqlite3 "$HOME/$way.store/index.sqlite" "SELECT ordinal, attempt, outcome FROM \"work.attempts\" ORDER BY 1, 2"
    unset VIRTUAL_ENV APART
done
