# Clocks that jump while a study runs, between two launches and over a reboot: trials, retries, time limits,
# the wall time and locks are none the worse, and no duration is measured by them.
export CLOCK_FILE=$HOME/clock GO=$HOME/go
ahead() { echo "$1" > "$CLOCK_FILE.new" && mv "$CLOCK_FILE.new" "$CLOCK_FILE"; }
moved() { LD_PRELOAD=$BUILD/tests/clock.so "$@"; }
ask() { retrial query --csv "$1" | tail -n 1; }
status() { # without what may be otherwise in the same moment
    moved retrial status | sed -E 's/[0-9]+ running.*/N running/; s/process [0-9]+ on .* for [0-9.]+ s$/process PID on HOST for a moment/'
}
hour=3600 year=31557600
cat > model.py <<'PYTHON'
import os
import time


def train(i):
    began = time.time()
    while not os.path.exists(os.environ["GO"] + "/%d" % i):
        time.sleep(0.01)
    return {"moved": time.time() - began}
PYTHON
printf 'name: s\nentry: model.py:train\nsweep: {i: "1:8:1"}\nlimits: {timeout: 60s}\n' > s.yaml
until_runs() {
    local k
    for ((k = 0; k < 400; k++)); do
        moved retrial status 2> /dev/null | grep -q '1 running' && return
        sleep 0.05
    done
    echo "no trial began within 20 s"
    cat "$HOME/said"
    return 1
}
ended() { # trials, by what the launch says, which is durable
    local k
    for ((k = 0; k < 400; k++)); do
        moved retrial status 2> /dev/null | grep -q "$1 of 8" && return
        sleep 0.05
    done
    echo "not $1 trials within 20 s"
    cat "$HOME/said"
    return 1
}

mkdir "$GO"
ahead 0
LD_PRELOAD=$BUILD/tests/clock.so retrial run -q -j 1 --walltime 1h --margin 10min --grace 5 s.yaml 2> "$HOME/said" &
run=$!
i=0
for jump in $((5 * hour)) $((-20 * year)) $((30 * year)) -$hour; do
    until_runs
    ahead "$jump"
    touch "$GO/$((++i))"
    ended $i
done
status
echo "-- killed, and run again twenty years earlier"
kill -9 $run
wait $run 2> /dev/null || true
ahead $((-20 * year))
touch "$GO"/{5,6,7,8}
moved retrial run -q -j 1 --walltime 1h s.yaml
ask "SELECT count(*), sum(outcome = 'ok'), sum(seconds BETWEEN 0 AND 60) FROM s"
echo "attempts, lost: $(ask "SELECT count(*), sum(outcome = 'lost') FROM \"s.attempts\"")"
[ "$(ask 'SELECT count(*) FROM s WHERE abs(moved) > 3600')" -ge 4 ] || echo "the clock did not move"
moved retrial check | grep -c '^whole'
retrial ls | grep -o ' at 20[0-9][0-9]-' > "$HOME/year" || echo "a result of the future is not said to be one"

[ "$(id -u)" = 0 ] && unshare --mount true 2> /dev/null || { echo "nothing can be mounted here"; exit 77; }
after_reboot() { # command
    cat /proc/sys/kernel/random/uuid > "$HOME/boot"
    # shellcheck disable=SC2016 # the inner shell is to expand these
    unshare --mount bash -c 'mount --bind "$HOME/boot" /proc/sys/kernel/random/boot_id &&
    { [ -z "$NO_ID" ] || [ ! -e /etc/machine-id ] || mount --bind /dev/null /etc/machine-id; } && exec "$@"' - "$@"
}
export NO_ID RETRIAL_TAKEOVER=300ms
last=8
reboot() { # years that the clock is off then, anything if the host has no id
    NO_ID=${2-}
    echo "-- a reboot${NO_ID:+ of a host without an id}, and the clock is $1 years off"
    ahead 0
    sed -i "s/1:$last:1/1:$((++last)):1/" s.yaml
    LD_PRELOAD=$BUILD/tests/clock.so retrial run -q -j 1 s.yaml 2> "$HOME/said" &
    run=$!
    until_runs
    kill -9 $run
    wait $run 2> /dev/null || true
    ahead $(($1 * year))
    touch "$GO/$last"
    after_reboot env LD_PRELOAD="$BUILD/tests/clock.so" retrial run -q -j 1 s.yaml
    ask "SELECT count(*), sum(outcome = 'ok') FROM s"
}
reboot -20
reboot -20 no
reboot 20 no
