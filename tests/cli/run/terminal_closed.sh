# When the terminal is closed a launch ends as with the first Ctrl-C: what runs has its grace, all is
# recorded, and no process is left behind.
export GO=$HOME/go PIDS=$HOME/pids
cat >slow.py <<'PYTHON'
import os
import time


def train(i):
    if i == 4:
        with open(os.environ["PIDS"], "w", encoding="ascii") as file:
            file.write(f"{os.getpid()} {os.getppid()}")
    while i > 3 and not os.path.exists(os.environ["GO"]):
        time.sleep(0.02)
    return i
PYTHON
printf 'name: slow\nentry: slow.py:train\nsweep: {i: "1:6:1"}\n' >slow.yaml
cat >"$HOME/close.py" <<'PYTHON'
"""Starts a launch at a terminal of its own, and closes that when the fourth trial runs."""
import os
import pty
import time

pid, terminal = pty.fork()
if pid == 0:
    os.execvp("retrial", ["retrial", "run", "slow.yaml", "-j", "1", "--grace", "1"])


def read():
    try:
        os.read(terminal, 4096)
    except BlockingIOError:
        time.sleep(0.02)


os.set_blocking(terminal, False)
while not os.path.exists(os.environ["PIDS"]):
    read()
os.close(terminal)
print("exit", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
timeout 60 /usr/bin/python3 "$HOME/close.py"
for pid in $(cat "$PIDS"); do
    ! kill -0 "$pid" 2>/dev/null || echo "process $pid is left behind"
done
retrial query --csv 'SELECT launch, reason FROM launch'
retrial query --csv 'SELECT ordinal, status, outcome FROM slow WHERE ordinal < 6'
touch "$GO"
retrial run -q slow.yaml -j 1
retrial query --csv 'SELECT count(*) FROM slow WHERE outcome = '"'ok'"
