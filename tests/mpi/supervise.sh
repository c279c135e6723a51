#!/usr/bin/env bash
# Usage: supervise.sh RETRIAL WHOM, with $MPIEXEC for 3 ranks.
# One trial takes down WHOM: the agent that runs it, whichever rank that is; its host, that is the agent with
# the guard above it; or the launcher. A supervised launch goes on without agents, is started again when rank
# 0, a guard or the launcher dies, and completes all other trials. The deadly one, and no other, is set
# aside and named; asked for again it is tried once more.
set -eu
retrial=$1
whom=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work/tmp
mkdir "$TMPDIR" "$work/study"

number() { # SQL
    "$retrial" --store "$work/study/.retrial" query --csv "$1" | tail -n 1
}

cat >"$work/study/deadly.py" <<'END'
import os
import signal
import time


def parent(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])


def name(pid):
    with open(f"/proc/{pid}/comm", encoding="ascii") as file:
        return file.read()


def victims(whom):
    agent = parent(parent(os.getppid()))  # above worker, template and nursery
    guard = parent(agent)
    if whom == "agent":
        return [agent]
    if whom == "host":
        return [guard, agent]
    pid = parent(guard)
    while "mpiexec" not in name(pid) and "orterun" not in name(pid) and "mpirun" not in name(pid):
        pid = parent(pid)
    return [pid]


def run(params):
    time.sleep(0.1)
    if params["x"] == 3 and not os.path.exists(params["mended"]):
        for pid in victims(params["whom"]):
            os.kill(pid, signal.SIGKILL)
        time.sleep(60)
    return {"y": params["x"]}
END
cat >"$work/study/deadly.yaml" <<END
name: deadly
entry: deadly.py:run
params: {mended: $work/mended, whom: $whom}
sweep: {x: {from: 1, to: 20, step: 1}}
END
"$retrial" run -j 1 --silence 3 --supervise 4 --launcher "$MPIEXEC" "$work/study/deadly.yaml" \
    >"$work/out" 2>&1 && code=0 || code=$?
sed 's/^/    /' "$work/out"
[ "$code" = 1 ] || { echo "the exit code is $code" >&2; exit 1; }
grep -q '20 trials.*, 19 ok  1 set aside' "$work/out"
grep -q '^1 of them was set aside, because agents were lost with it: --retry lost' "$work/out"
[ "$(number "SELECT count(*) FROM deadly WHERE outcome = 'ok'")" = 19 ]
[ "$(number "SELECT x FROM deadly WHERE outcome = 'lost' AND status = 'done'")" = 3 ]
attempts=$(number "SELECT count(*) FROM \"deadly.attempts\" WHERE ordinal = 3")
case $attempts in
2) ;;
3) [ "$whom" != agent ] || grep -q 'the launch died' "$work/out" ;; # with rank 0
*) echo "it ran $attempts times" >&2; exit 1 ;;
esac
"$retrial" --store "$work/study/.retrial" resume -q deadly && code=0 || code=$?
[ "$code" = 1 ] || { echo "the trial that was set aside was tried again unasked: $code" >&2; exit 1; }
touch "$work/mended"
"$retrial" --store "$work/study/.retrial" resume -q --retry lost deadly
[ "$(number "SELECT count(*) FROM deadly WHERE outcome = 'ok'")" = 20 ]
