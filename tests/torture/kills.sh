#!/usr/bin/env bash
# Kills a small study at a random instant and runs it again, ROUNDS times.
#
#   tests/torture/kills.sh BUILD-FOLDER ROUNDS KIND [plain|mpich|openmpi [SEED]]
#
# KIND says who gets what: conductor, agent (rank 1), template, worker, job (the whole process group):
# SIGKILL; terminate: SIGTERM, interrupt: SIGINT twice, to the launch. Under an MPI there are two ranks.
# After each round: the store is whole before and after the study is completed, each trial has one ok
# attempt with the right result, what was recorded still is and has not run again, and no process is
# left. The numbers at the end: trials lost (recorded, then gone), repeated (recorded, then run again),
# stores damaged; and how many trials had ended and were not recorded, and how many of these ran again.
set -u
build=$(realpath "$1") rounds=$2 kind=$3 mpi=${4:-plain} RANDOM=${5:-$$}
trials=24
work=$(mktemp -d "${TMPDIR:-/tmp}/retrial-kills.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
unset RETRIAL_STORE RETRIAL_COMM RETRIAL_SPOOL
export PATH=$build:/usr/bin:/bin HOME=$work LC_ALL=C.UTF-8 RAN=$work/ran PIDS=$work/pids
export TMPDIR=$work/tmp RETRIAL_MODULES=$build/lib/retrial
lost=0 repeated=0 damaged=0 wrong=0 killed=0 pending=0 again=0

case $mpi in
plain) launcher=() ;;
mpich) launcher=(mpiexec.mpich -n 2) ;;
openmpi) launcher=(mpiexec.openmpi --allow-run-as-root --oversubscribe -n 2) ;;
*) echo "there is no MPI called \"$mpi\""; exit 2 ;;
esac
[ "$mpi" = plain ] || command -v "${launcher[0]}" > "$work/which" || { echo "there is no ${launcher[0]}"; exit 77; }

study() {
    cat > model.py <<'PYTHON'
import os
import time


def train(x):
    time.sleep(0.004)
    print("y" * (x * 400))
    with open(os.environ["RAN"], "a") as ran:
        ran.write("%d\n" % x)
    return {"loss": x * 0.5}
PYTHON
    cat > small.yaml <<YAML
name: small
entry: model.py:train
sweep: {x: "1:$trials:1"}
limits: {retries: 50}
YAML
}

# Each rank leaves its number.
launch() {
    # shellcheck disable=SC2016 # the rank's own shell is to expand these
    "${launcher[@]}" sh -c 'echo $$ >"$PIDS/${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}}"
        exec retrial run -q -j 2 small.yaml'
}

query() { retrial query --csv "$1" 2> "$work/err" | tail -n +2; }

child() { # the first one of a process
    local children
    read -r children < "/proc/$1/task/$1/children"
    echo "${children%% *}"
} 2> /dev/null

# Who is to be killed; empty if not there yet.
victim() {
    local pid=$launched
    case $kind in
    conductor | template | worker) pid=$(cat "$PIDS/0" 2> /dev/null) ;;
    agent) pid=$(cat "$PIDS/1" 2> /dev/null) ;;
    esac
    case $kind in
    template | worker)
        [ -z "$pid" ] || pid=$(child "$pid") # the nursery
        [ -z "$pid" ] || pid=$(child "$pid")
        ;;
    esac
    [ "$kind" != worker ] || [ -z "$pid" ] || pid=$(child "$pid")
    echo "$pid"
}

strike() {
    local pid
    pid=$(victim)
    [ -n "$pid" ] || return 1
    case $kind in
    job) kill -KILL -- "-$launched" ;;
    terminate) kill -TERM "$pid" ;;
    interrupt)
        kill -INT "$pid"
        sleep 0.0$((RANDOM % 5))
        kill -INT "$pid"
        ;;
    *) kill -KILL "$pid" ;;
    esac
}

# Processes of ours that still live.
left_behind() {
    grep -lsa "PIDS=$PIDS" /proc/[0-9]*/environ 2> /dev/null |
        while IFS=/ read -r _ _ pid _; do
            case $(ps -o comm=,stat= -p "$pid") in retrial*[!Z]) echo "$pid" ;; esac
        done
}

breach() {
    echo "round $round ($kind, $mpi): $*"
    tail -n 5 "$work/err" | sed 's/^/    /'
    wrong=$((wrong + 1))
}

whole() {
    [ -e .retrial ] || return 0
    retrial check > "$work/err" 2>&1 && return
    breach "the store is damaged $1"
    damaged=$((damaged + 1))
}

settle() { # until the processes of the killed launch are gone
    local i left
    for ((i = 0; i < 100; i++)); do
        left=$(left_behind)
        [ -n "$left" ] || return 0
        sleep 0.1
    done
    breach "left behind: $left"
}

complete() {
    local before ended
    before=$(query "SELECT * FROM \"small.attempts\" WHERE outcome = 'ok'" | sort)
    query "SELECT x FROM small WHERE outcome = 'ok'" | sort > "$work/recorded"
    sort -u "$RAN" > "$work/ended"
    ended=$(comm -13 "$work/recorded" "$work/ended")
    pending=$((pending + $(printf '%s' "$ended" | grep -c .)))
    : > "$RAN"
    launch > "$work/err" 2>&1 || breach "run again, it ended with $?"
    again=$((again + $(comm -12 <(printf '%s\n' "$ended") <(sort -u "$RAN") | grep -c .)))
    repeated=$((repeated + $(comm -12 "$work/recorded" <(sort -u "$RAN") | grep -c .)))
    lost=$((lost + $(comm -23 <(printf '%s\n' "$before") <(query "SELECT * FROM \"small.attempts\"
        WHERE outcome = 'ok'" | sort) | grep -c .)))
    [ "$(query "SELECT count(*), count(DISTINCT ordinal) FROM \"small.attempts\"
        WHERE outcome = 'ok'")" = $trials,$trials ] || breach "not one ok attempt for each trial"
    [ "$(query "SELECT count(*) FROM small WHERE outcome = 'ok' AND loss = x * 0.5")" = $trials ] ||
        breach "not all results are right"
}

mkdir "$work/here" "$TMPDIR" && cd "$work/here" && study || exit 2
began=$(date +%s%N)
retrial run -q -j 2 small.yaml 2> "$work/err" || { cat "$work/err"; exit 2; }
# Up to that long a launch takes; mpiexec and its ranks take their time to start.
span=$((($(date +%s%N) - began) / 1000000))
[ "$mpi" = plain ] || span=$((span + 100))
set -m
for ((round = 1; round <= rounds; round++)); do
    rm -rf "$work/here" "$PIDS" "$TMPDIR" && mkdir "$work/here" "$PIDS" "$TMPDIR" && cd "$work/here" && study
    : > "$RAN"
    launch > "$work/err" 2>&1 &
    launched=$!
    while [ "$mpi" != plain ] && [ ! -e "$PIDS/1" ] && kill -0 "$launched" 2> /dev/null; do sleep 0.01; done
    sleep "$(printf '0.%03d' $((RANDOM % span)))"
    while kill -0 "$launched" 2> /dev/null; do
        ! strike 2> /dev/null || { killed=$((killed + 1)); break; }
    done
    wait "$launched" 2> /dev/null
    settle
    whole "after the kill"
    complete
    whole "in the end"
done
echo "$kind, $mpi: $rounds rounds, $killed kills: $lost lost, $repeated repeated, $damaged damaged;" \
    "$pending had ended unrecorded, $again of them ran again"
[ $((lost + repeated + damaged + wrong)) = 0 ] || exit 1
