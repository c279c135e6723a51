# While a study runs its conductor tells how far it is, and the index can be asked.
. "$SOURCE/tests/cli/made.bash"
start_slow
retrial status | sed -E '
    s/[0-9]+ running/N running/
    s/, [0-9.]+\/(s|min).*//
    s/process [0-9]+ on .* for/process PID on HOST for/'
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
retrial log slow.4 || echo "exit $?"
touch "$GO"
wait $run
retrial status
