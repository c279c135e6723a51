#!/usr/bin/env bash
# Kills a small study, or the replays of two, and runs it again, ROUNDS times.
#
#   [WHAT=run|verify|replay] tests/torture/kills.sh BUILD-FOLDER ROUNDS KIND [plain|mpich|openmpi [SEED]]
#
# KIND says who gets what: conductor (rank 0), agent (rank 1), guard, nursery, template, worker (of
# either rank), mpiexec, job (the whole process group): SIGKILL; terminate: SIGTERM, interrupt: SIGINT
# twice, to the launch. Under an MPI there are two ranks. Odd rounds strike at a random instant; even rounds at
# the k-th change that the launch makes to the disk (a write, a sync, ...: tests/disk), from the first
# to the last of them: whoever is about to make it is stopped for that moment. After the blow the store
# must be whole and no process be left. One round in three leaves the study as it is, so that the next
# one strikes the launch that resumes it. Else the study is completed, and then the store is whole, each
# trial has one ok attempt with the right result, and what was recorded, or lay in a spool, was still
# there and did not run again. WHAT is in rounds.bash; of replays the verdicts are then what they should be,
# and under an MPI the second one's launch is struck as often as the first one's.
#
# The lines at the end: trials lost (recorded, then gone), repeated (recorded or spooled, then run again),
# stores damaged; how many trials had ended and were neither recorded nor spooled, and how many of these
# ran again; what the blows hit: before the first result, between, after the last; and before which
# changes.
set -u
build=$(realpath "$1") rounds=$2 kind=$3 mpi=${4:-plain} RANDOM=${5:-$$}
at_random=0 at_change=0
source "$(dirname "$(realpath "$0")")/rounds.bash"

case $mpi,$kind in
plain,agent | plain,guard | plain,mpiexec) echo "a plain launch has no $kind of its own"; exit 2 ;;
esac

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
    if [ -n "$change" ]; then at_change=$((at_change + 1)); else at_random=$((at_random + 1)); fi
    hit "$change"
}

# The first replay's launch goes by in peace, in every second round.
ahead() {
    [ "$what" != run ] && [ "$mpi" != plain ] && [ $((RANDOM % 2)) = 0 ] || return 0
    launch > "$work/err" 2>&1
    look
}

prepare
span=0
for mode in watched free; do # how many changes, and how long, if nobody strikes
    anew
    if [ $mode = watched ]; then watch 999999999,stop; fi
    began=$(date +%s%N)
    launch > "$work/err" 2>&1
    case $? in "$end_code" | 75) ;; *) cat "$work/err"; exit 2 ;; esac
    span=$((($(date +%s%N) - began) / 1000000))
    if [ $mode = watched ]; then all=$(wc -l < "$DISK_LOG"); fi
    unset DISK_FAULT
done
[ "$mpi" = plain ] || span=$((span * 3 / 4)) # counted from when the ranks are there
[ "$all" -gt 100 ] || { echo "only $all changes were seen"; exit 2; }
set -m
open=false
# A short series in which nobody was hit yet, for all came too early or too late, goes on for a while.
for ((round = 1; round <= rounds || (at_random + at_change == 0 && round <= 20); round++)); do
    $open || { anew && ahead; }
    [ $((round % 2)) = 1 ] || watch $((1 + (all * ((round - 1) % rounds + 1) + RANDOM % (2 * all)) / (rounds + 2))),stop
    blow
    unset DISK_FAULT
    look
    open=false
    if [ $((RANDOM % 3)) = 0 ] && [ $round -lt "$rounds" ] && ! judged; then open=true; else complete; fi
done
echo "$what, $kind, $mpi: $((round - 1)) rounds, $((at_random + at_change)) blows, $at_random at random instants and $at_change" \
    "at one of $all changes: $(tally)"
[ $((lost + repeated + damaged + wrong)) = 0 ] || exit 1
[ $((at_random + at_change)) -gt 0 ] || { echo "nobody was ever hit"; exit 1; }
