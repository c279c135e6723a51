#!/usr/bin/env bash
# Lets changes that a small study makes to the disk fail, and runs it again, ROUNDS times.
#
#   [WHAT=run|verify|replay] tests/torture/disks.sh BUILD-FOLDER ROUNDS [plain|mpich|openmpi [SEED [HOW...]]]
#
# HOW is one of tests/disk/faults.c, of which each round takes one at random: one call fails, or all
# from there on; the disk is full; a quota is used up; a write takes only its half and goes on, or
# fails from there on; a sync fails, or all do. Which change it is (the first to the last), and under an
# MPI whether of rank 0, of rank 1 or of both, is drawn, too. The launch must end by itself: with 5 and a
# message that names the part and the free space, with 1 where a trial's own files were hit, or with
# 0. MPICH's mpiexec says 9 for 5, and Open MPI's 1 where its own folders, which it makes beside
# ours, cannot be made. Then as in kills.sh: no process is left,
# the store is whole (an index may need --repair), and one round in three leaves it so that the next
# fault meets the launch that resumes it. Else the study is completed without a fault, and then each trial
# has one ok attempt with the right result, and what was recorded, or lay in a spool, was still there and
# did not run again. WHAT is in rounds.bash. The lines at the end are those of kills.sh.
set -u
build=$(realpath "$1") rounds=$2 kind=disk mpi=${3:-plain} RANDOM=${4:-$$}
shift $(($# < 4 ? $# : 4))
hows=("$@")
[ $# -gt 0 ] || hows=(eio eio-on full enospc quota short torn sync sync-on)
here=$(dirname "$(realpath "$0")")
source "$here/rounds.bash"
source "$here/told.bash"
told=0 survived=0 failed=0 missed=0 repaired=0
declare -A met=() all=()

whole() {
    local code
    [ -e .retrial ] || return 0
    retrial check > "$work/err" 2>&1
    code=$?
    [ $code != 0 ] || return 0
    if [ $code = 4 ] && [ "$1" != "in the end" ]; then
        repaired=$((repaired + 1))
        ! retrial check --repair > "$work/err" 2>&1 || return 0
    fi
    breach "the store is damaged $1"
    damaged=$((damaged + 1))
}

# How often what ends with a code did; what the launch said is in $work/err.
ends_right() { # code
    local said code=$1
    said=$(cat "$work/err")
    [ "$mpi,$code" != mpich,9 ] || code=5
    case $code in
    0 | 75 | "$end_code") survived=$((survived + 1)) ;;
    1)
        grep -q /view/ <<< "$failures" ||
            { [ "$mpi" = openmpi ] && grep -q "mkdir-failed\|orte_init\|MPI_Init\|MPI_INIT" <<< "$said"; } ||
            breach "it ended with 1"
        failed=$((failed + 1))
        ;;
    5)
        told=$((told + 1))
        says_where "$said" "$DISK_LOG" || breach "the message does not say where"
        says_how_much "$said" "$how" || breach "the message does not say how much is free"
        ;;
    *) breach "it ended with $1" ;;
    esac
}

# What failed: empty if the launch made fewer changes than that.
seen_failing() { awk '$NF != "done" {print $2, $3, $NF}' "$DISK_LOG" 2> /dev/null; }

blow() {
    local code failures call path
    change=
    launch --retry all > "$work/err" 2>&1 &
    launched=$!
    ends_in_time
    code=$?
    failures=$(seen_failing)
    unset DISK_FAULT
    if [ -z "$failures" ]; then
        missed=$((missed + 1))
        case $code in "$end_code" | 75) ;; *) breach "without a fault it ended with $code" ;; esac
        return
    fi
    read -r call path _ <<< "$failures"
    change="$(part "$path") $call"
    kind="$how on ${FAULTY:+rank }${FAULTY:-all ranks}"
    met[$how]=$((${met[$how]:-0} + 1))
    hit "$change"
    ends_right $code
}

prepare
# How many changes a launch makes that a HOW can meet.
ranks=('')
[ "$mpi" = plain ] || ranks=('' 0 1)
for FAULTY in "${ranks[@]}"; do
    export FAULTY
    for how in eio short sync; do # any, writes, syncs
        anew
        watch "999999999,$how"
        launch > "$work/err" 2>&1
        case $? in "$end_code" | 75) ;; *) cat "$work/err"; exit 2 ;; esac
        all[$how$FAULTY]=$(cat "$DISK_LOG" 2> "$work/none" | wc -l)
        unset DISK_FAULT
    done
done
[ "${all[eio]}" -gt 100 ] || { echo "only ${all[eio]} changes were seen"; exit 2; }

set -m
open=false
# A short series in which nothing failed yet goes on for a while.
for ((round = 1; round <= rounds || (missed == round - 1 && round <= 20); round++)); do
    $open || anew
    how=${hows[RANDOM % ${#hows[@]}]} FAULTY=${ranks[RANDOM % ${#ranks[@]}]}
    case $how in
    short | torn) among=short ;;
    sync*) among=sync FAULTY=${FAULTY#1} ;; # spools are not synced
    *) among=eio ;;
    esac
    watch "$((1 + RANDOM % all[$among$FAULTY])),$how"
    blow
    look
    open=false
    if [ $((RANDOM % 3)) = 0 ] && [ $round -lt "$rounds" ] && ! judged; then open=true; else complete --retry all; fi
done
echo "$what, disk, $mpi: $((round - 1)) rounds, $((round - 1 - missed)) met a fault: $told told, $survived survived," \
    "$failed with failed trials; $repaired indexes made anew: $(tally)"
echo "    by$(for how in "${!met[@]}"; do printf ' %s %s' "${met[$how]}" "$how"; done)"
[ $((lost + repeated + damaged + wrong)) = 0 ] || exit 1
[ $missed -lt $((round - 1)) ] || { echo "nothing ever failed"; exit 1; }
