# A launch that dies is started again, as often as was said; nothing that was recorded is run again.
mkdir study
cd study
cat >deadly.py <<'END'
import os
import signal


def parent(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])


def run(params):
    with open(params["ran"], "a", encoding="ascii") as file:
        file.write(f"{params['x']}\n")
    if params["x"] == 2 and params["kills"]:
        os.kill(parent(parent(os.getppid())), signal.SIGKILL)  # the program itself
        signal.pause()
    return {"y": params["x"]}
END
try() { # name kills restarts
    echo "$1:"
    retrial run -q -j 1 deadly.py:run -S x=1,2 -S kills="$2" -S ran="$HOME/$1" --name "$1" \
        --supervise "$3" >"$HOME/log" 2>&1 || echo "exit $?"
    grep '^retrial.*:\|of them' "$HOME/log" || true
    echo "ran: $(sort "$HOME/$1" | tr '\n' ' ')"
}
try peaceful false 1
try once true 1
try twice true 2
retrial query --csv 'SELECT x, status, outcome, attempt, reason FROM twice ORDER BY x'
echo "no such launcher:"
retrial run -q deadly.py:run -S x=1,2 -S kills=false -S ran="$HOME/none" --launcher "nowhere -n 2" 2>&1 ||
    echo "exit $?"
echo "below a launcher:"
OMPI_COMM_WORLD_SIZE=3 retrial run -q deadly.py:run -S x=1,2 --supervise 1 2>&1 || echo "exit $?"
