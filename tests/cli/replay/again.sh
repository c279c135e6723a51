# The same command goes on with what it began: with all of it, and with nothing else.
mkdir kill
cat > model.py <<'END'
import os
import signal
import time


def parent(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])


def trial(name):
    home = os.environ["HOME"]
    with open(f"{home}/ran", "a", encoding="ascii") as file:
        file.write(f"{name} ")
    if os.path.exists(f"{home}/kill/{name}"):
        os.unlink(f"{home}/kill/{name}")
        time.sleep(0.3)  # what was before is recorded
        os.kill(parent(parent(os.getppid())), signal.SIGKILL)  # the program itself
        signal.pause()


def a(x):
    trial(f"a{x}")
    return {"y": x}


def b(x):
    trial(f"b{x}")
    return {"y": x}
END
mv kill "$HOME/kill"
retrial run model.py:a -S x=1:3:1 --name a -q -j 1
retrial run model.py:b -S x=1:3:1 --name b -q -j 1
try() { # what kills, or "-"; the command
    : > "$HOME/ran"
    [ "$1" = - ] || touch "$HOME/kill/$1"
    shift
    echo "--- $*"
    { retrial "$@" -q -j 1 > "$HOME/out" 2> "$HOME/err"; } 2> "$HOME/killed" && code=0 || code=$?
    grep -v '^metric\|^-\|^y ' "$HOME/out" || true
    cat "$HOME/err"
    echo "exit code $code; ran: $(cat "$HOME/ran")"
}
standing() { retrial query --csv "SELECT replay, count(verdict) AS judged, count(*) AS pairs FROM replays GROUP BY study ORDER BY study"; }
try a2 verify a --tol 1
try b2 verify a b
try - verify a b
standing
try - verify a --tol 1
echo "--- what is complete is not gone on with, nor what another command began"
try b1 verify b
try - verify b --where 'x > 0'
try - verify b --fresh
try b3 verify a b --fresh --supervise 1
try - verify a b
echo "--- the code is another one by now"
try a3 replay a --code current
sed -i 's/"y": x/"y": x * 2/' model.py
try - replay a --code current
try - replay a --code current --fresh
standing
