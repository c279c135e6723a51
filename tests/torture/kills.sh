#!/usr/bin/env bash
# Kills a small study and runs it again, ROUNDS times.
#
#   tests/torture/kills.sh BUILD-FOLDER ROUNDS KIND [plain|mpich|openmpi [SEED]]
#
# KIND says who gets what: conductor (rank 0), agent (rank 1), guard, nursery, template, worker (of
# either rank), mpiexec, job (the whole process group): SIGKILL; terminate: SIGTERM, interrupt: SIGINT
# twice, to the launch. Under an MPI there are two ranks. Odd rounds strike at a random instant; even rounds at
# the k-th change that the launch makes to the disk (a write, a sync, ...: tests/disk), from the first
# to the last of them: whoever is about to make it is stopped for that moment. After the blow the store
# must be whole and no process be left. One round in three leaves the study as it is, so that the next
# one strikes the launch that resumes it. Else the study is completed, and then the store is whole, each
# trial has one ok attempt with the right result, and what was recorded, or lay in a spool, was still
# there and did not run again.
#
# The lines at the end: trials lost (recorded, then gone), repeated (recorded or spooled, then run again),
# stores damaged; how many trials had ended and were neither recorded nor spooled, and how many of these
# ran again; what the blows hit: before the first result, between, after the last; and before which
# changes.
set -u
build=$(realpath "$1") rounds=$2 kind=$3 mpi=${4:-plain} RANDOM=${5:-$$}
trials=24
work=$(mktemp -d "${TMPDIR:-/tmp}/retrial-kills.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
unset RETRIAL_STORE RETRIAL_COMM RETRIAL_SPOOL
export PATH=$build:/usr/bin:/bin HOME=$work LC_ALL=C.UTF-8 RAN=$work/ran PIDS=$work/pids
export TMPDIR=$work/tmp RETRIAL_MODULES=$build/lib/retrial
export DISK_UNDER=$work/here:$work/tmp DISK_STATE=$work/state DISK_LOG=$work/log
lost=0 repeated=0 damaged=0 wrong=0 at_random=0 at_change=0 pending=0 again=0 spooled=0
first=0 between=0 last=0

case $mpi in
plain) launcher=() ;;
mpich) launcher=(mpiexec.mpich -n 2) ;;
openmpi) launcher=(mpiexec.openmpi --allow-run-as-root --oversubscribe -n 2) ;;
*) echo "there is no MPI called \"$mpi\""; exit 2 ;;
esac
case $mpi,$kind in
plain,agent | plain,guard | plain,mpiexec) echo "a plain launch has no $kind of its own"; exit 2 ;;
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

# Each rank leaves its number, and the launcher its own. With DISK_FAULT the ranks are watched.
launch() {
    # shellcheck disable=SC2016 # the rank's own shell is to expand these
    ("${launcher[@]}" sh -c 'echo $$ >"$PIDS/${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}}"
        [ -z "${DISK_FAULT:-}" ] || export LD_PRELOAD='"$build"'/tests/disk.so
        exec retrial run -q -j 2 --silence 3 small.yaml' &
    echo $! > "$PIDS/mpiexec"
    wait $!)
}

query() { retrial query --csv "$1" 2> "$work/err" | tail -n +2; }
recorded() { query "SELECT a.*, t.x FROM \"small.attempts\" a JOIN small t USING (ordinal)
    WHERE a.outcome = 'ok' ORDER BY ordinal"; }

child() { # the first one of a process
    local children
    read -r children < "/proc/$1/task/$1/children"
    echo "${children%% *}"
} 2> /dev/null

# Who is to be killed; empty if not there yet.
victim() {
    local pid=$launched
    local generations=0
    case $kind in
    mpiexec | terminate | interrupt) pid=$(cat "$PIDS/mpiexec") ;;
    conductor) pid=$(cat "$PIDS/0") ;;
    agent) pid=$(cat "$PIDS/1") ;;
    guard) pid=$(cat "$PIDS/$rank") ;;
    nursery) pid=$(cat "$PIDS/$rank") generations=1 ;;
    template) pid=$(cat "$PIDS/$rank") generations=2 ;;
    worker) pid=$(cat "$PIDS/$rank") generations=3 ;;
    esac
    case $mpi,$kind in # what mpiexec started is the guard
    plain,* | *,job | *,mpiexec | *,guard | *,terminate | *,interrupt) ;;
    *) generations=$((generations + 1)) ;;
    esac
    for (( ; generations > 0; generations--)); do [ -z "$pid" ] || pid=$(child "$pid"); done
    echo "$pid"
} 2> /dev/null

strike() {
    local pid
    pid=$(victim)
    [ -n "$pid" ] || return 1
    case $kind in
    job) kill -KILL -- "-$launched" ;;
    terminate) kill -TERM "$pid" ;;
    interrupt)
        kill -INT "$pid"
        [ -n "$stopped" ] || sleep 0.0$((RANDOM % 5))
        kill -INT "$pid"
        ;;
    *) kill -KILL "$pid" ;;
    esac
} 2> /dev/null

# Processes of ours that still live.
left_behind() {
    grep -lsa "PIDS=$PIDS" /proc/[0-9]*/environ 2> /dev/null |
        while IFS=/ read -r _ _ pid _; do
            case $(ps -o comm=,stat= -p "$pid") in retrial*[!Z]) echo "$pid" ;; esac
        done
}

breach() {
    echo "round $round ($kind, $mpi${change:+, before $change}): $*"
    tail -n 5 "$work/err" | sed 's/^/    /'
    [ -z "${KEEP:-}" ] || { rm -rf "$KEEP" && cp -r "$work" "$KEEP"; }
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

count() { # lines that are not empty
    grep -c . <<< "$1"
}

# The part of the store that a path belongs to.
part() {
    case $1 in
    *code.git*) echo code ;;
    *index.sqlite*) echo index ;;
    *journal*) echo journal ;;
    *objects*) echo objects ;;
    "$work/here/.retrial"*) echo store ;;
    *retrial-spool*) echo spool ;;
    *) echo scratch ;;
    esac
}

# Waits for the instant. *stopped is then who is stopped at it, if anybody.
instant() {
    local line=
    if [ -n "${DISK_FAULT:-}" ]; then
        while [ -z "$line" ] && kill -0 "$launched" 2> /dev/null; do
            line=$(grep -m 1 ' stop [0-9]*$' "$DISK_LOG" 2> /dev/null) || sleep 0.005
        done
        [ -n "$line" ] || return 1
        stopped=${line##* }
        change="$(part "$(cut -d ' ' -f 3 <<< "$line")") $(cut -d ' ' -f 2 <<< "$line")"
    else
        while [ "$mpi" != plain ] && [ ! -e "$PIDS/1" ] && kill -0 "$launched" 2> /dev/null; do sleep 0.01; done
        sleep "$(printf '%d.%03d' $((RANDOM % span / 1000)) $((RANDOM % span % 1000)))"
    fi
}

ends_in_time() {
    local i
    for ((i = 0; i < 1200; i++)); do
        kill -0 "$launched" 2> /dev/null || break
        sleep 0.05
    done
    if [ $i = 1200 ]; then
        breach "the launch does not end: $(left_behind | paste -sd ' ')"
        kill -KILL "$(cat "$PIDS/mpiexec")" -- "-$launched"
    fi
    wait "$launched" 2> /dev/null
}

blow() {
    local hit=0
    stopped='' change='' rank=0
    [ "$mpi" = plain ] || rank=$((RANDOM % 2))
    launch > "$work/err" 2>&1 &
    launched=$!
    if instant; then
        while kill -0 "$launched" 2> /dev/null; do
            if strike; then hit=1; break; fi
            [ -z "$stopped" ] || break # who is wanted is not there at that instant
            sleep 0.005
        done
        [ -z "$stopped" ] || kill -CONT "$stopped" 2> /dev/null
    fi
    ends_in_time
    [ $hit = 1 ] || return
    if [ -n "$change" ]; then
        at_change=$((at_change + 1))
        changes[$change]=$((${changes[$change]:-0} + 1))
    else
        at_random=$((at_random + 1))
    fi
    hits=$((hits + 1))
}

look() { # at what the blow has left
    settle
    whole "after the kill"
    before=$(recorded)
    case $(count "$before") in
    0) first=$((first + hits)) ;;
    "$trials") last=$((last + hits)) ;;
    *) between=$((between + hits)) ;;
    esac
    hits=0
    known=$(sed 's/.*,//' <<< "$before" | sort)
    kept=$("$build/tests/spooled" "$TMPDIR"/retrial-spool*/* 2> "$work/err" | sort -u)
    spooled=$((spooled + $(comm -13 <(echo "$known") <(echo "$kept") | grep -c .)))
    [ -z "$(comm -12 <(echo "$done_before") <(sort -u "$RAN"))" ] ||
        { breach "what was recorded or spooled ran again"; repeated=$((repeated + 1)); }
    [ -z "$(comm -23 <(sort <<< "$lines_before") <(sort <<< "$before"))" ] ||
        { breach "what was recorded is gone"; lost=$((lost + 1)); }
    lines_before=$before
    done_before=$(printf '%s\n%s\n' "$known" "$kept" | grep . | sort -u)
    ended=$(comm -13 <(echo "$done_before") <(printf '%s\n' "$ended" "$(cat "$RAN")" | grep . | sort -u))
    : > "$RAN"
}

complete() {
    local end
    change=
    launch > "$work/err" 2>&1 || breach "run again, it ended with $?"
    end=$(recorded)
    pending=$((pending + $(count "$ended")))
    again=$((again + $(comm -12 <(echo "$ended") <(sort -u "$RAN") | grep -c .)))
    repeated=$((repeated + $(comm -12 <(echo "$done_before") <(sort -u "$RAN") | grep -c .)))
    lost=$((lost + $(comm -23 <(sort <<< "$lines_before") <(sort <<< "$end") | grep -c .)))
    [ "$(sed 's/.*,//' <<< "$end" | sort -n)" = "$(seq $trials)" ] || breach "not one ok attempt for each trial"
    [ "$(query "SELECT count(*) FROM small WHERE outcome = 'ok' AND loss = x * 0.5")" = $trials ] ||
        breach "not all results are right"
    whole "in the end"
}

anew() {
    rm -rf "$work/here" "$PIDS" "$TMPDIR" && mkdir "$work/here" "$PIDS" "$TMPDIR" && cd "$work/here" && study || exit 2
    : > "$RAN"
    lines_before='' done_before='' ended=''
}

watch() { # the number of the change to stop at
    rm -f "$DISK_LOG"
    head -c 16 /dev/zero > "$DISK_STATE"
    export DISK_FAULT=$1,stop
}

declare -A changes=()
round=0 hits=0 span=0
for mode in watched free; do # how many changes, and how long, if nobody strikes
    anew
    if [ $mode = watched ]; then watch 999999999; fi
    began=$(date +%s%N)
    launch > "$work/err" 2>&1 || { cat "$work/err"; exit 2; }
    span=$((($(date +%s%N) - began) / 1000000))
    if [ $mode = watched ]; then all=$(wc -l < "$DISK_LOG"); fi
    unset DISK_FAULT
done
[ "$mpi" = plain ] || span=$((span * 3 / 4)) # counted from when the ranks are there
[ "$all" -gt 100 ] || { echo "only $all changes were seen"; exit 2; }
set -m
open=false
for ((round = 1; round <= rounds; round++)); do
    $open || anew
    [ $((round % 2)) = 1 ] || watch $((1 + (all * round + RANDOM % (2 * all)) / (rounds + 2)))
    blow
    unset DISK_FAULT
    look
    open=false
    if [ $((RANDOM % 3)) = 0 ] && [ $round -lt "$rounds" ]; then open=true; else complete; fi
done
echo "$kind, $mpi: $rounds rounds, $((at_random + at_change)) blows, $at_random at random instants and $at_change" \
    "at changes: $lost lost, $repeated repeated, $damaged damaged, $wrong breaches; $spooled lay in a spool;" \
    "$pending had ended and were nowhere, $again of them ran again"
echo "    $first before the first result, $between between, $last after the last; before one of $all changes:" \
    "$(for change in "${!changes[@]}"; do echo "${changes[$change]} $change"; done | sort -rn | paste -sd , | sed 's/,/, /g')"
[ $((lost + repeated + damaged + wrong)) = 0 ] || exit 1
[ $((at_random + at_change)) -gt 0 ] || { echo "nobody was ever hit"; exit 1; }
