# While a study runs its conductor tells how far it is, and the index can be asked.
cat > slow.py <<'PYTHON'
import os, time
def train(i):
    if i > 3:
        while not os.path.exists(os.environ["GO"]):
            time.sleep(0.02)
    return i
PYTHON
printf 'name: slow\nentry: slow.py:train\nsweep: {i: "1:6:1"}\n' > slow.yaml
export GO=$PWD/go
retrial run slow.yaml -j 1 2> "$HOME/log" &
run=$!
until retrial status 2> /dev/null | grep -q '3 of 6'; do
    kill -0 $run
    sleep 0.05
done
retrial status | sed -E 's/[0-9]+ running/N running/; s/, [0-9.]+\/(s|min).*//; s/process [0-9]+ on .* for/process PID on HOST for/'
retrial status --json | /usr/bin/python3 -c '
import json, sys
status = json.load(sys.stdin)
print(status["launch"]["study"], status["launch"]["done"], status["writer"]["pid"] > 0)'
retrial 2> /dev/null | grep -c 'is running'
until [ "$(retrial query "SELECT count(outcome) FROM slow" --csv 2> /dev/null | tail -n 1)" = 3 ]; do
    sleep 0.05
done
retrial ls slow 2> /dev/null | awk 'NR > 2 && $2 < 4 { print $2, $3 }'
retrial show slow.4 2> /dev/null | grep -A 3 ^running | grep -E 'running|attempt|rank'
touch go
wait $run
retrial status
