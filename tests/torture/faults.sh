#!/usr/bin/env bash
# Lets each change that a small study makes to the disk fail, one at a time, and runs it again.
#
#   tests/torture/faults.sh BUILD-FOLDER [STEP [HOW...]]
#
# HOW is eio (one call fails), eio-on (all from there on), full, quota, short (a write puts half, and
# may go on), torn (half, and all from there on fail), sync, sync-on (tests/disk/faults.c): all of
# them if not said otherwise. With a STEP of 7, every seventh change is let fail. Each command of the
# list below is run with the fault; it must end by itself, with 5 and a message that names the part
# whose change failed, or with 0 if nothing was lost. Then, without the fault: the store is whole (an
# index may need --repair), the same command completes, each trial has one ok attempt, all that was
# recorded still is, and no trial that was recorded was run again. Prints a line for each breach.
set -u
here=$(dirname "$(realpath "$0")")
source "$here/told.bash"
source "$here/stores.bash"
build=$(realpath "$1") step=${2:-1}
shift $(($# < 2 ? $# : 2))
hows=("${@:-}")
[ -n "${hows[0]}" ] || hows=(eio eio-on full quota short torn sync sync-on)
work=$(mktemp -d "${TMPDIR:-/tmp}/retrial-faults.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
unset RETRIAL_STORE RETRIAL_COMM RETRIAL_SPOOL
export PATH=$build:/usr/bin:/bin HOME=$work LC_ALL=C.UTF-8 RAN=$work/ran
export DISK_UNDER=$work/here:$work/tmp DISK_STATE=$work/state
bad=0 tried=0 told=0 survived=0 failed=0 again=0

breach() {
    echo "$name, $how at change $at ($change): $*"
    cat "$work/out" "$work/err" | tail -n 8 | sed 's/^/    /'
    bad=$((bad + 1))
}

small() { retrial run -q -j 2 small.yaml "$@"; }
saved() { retrial run -q -j 2 model.py:train --name small -S x=1:6:1 --save saved.yaml "$@"; }
command_line() { # files in a folder of its own, through the shell
    retrial run -q -j 1 --name small -S x=1:6:1 "$@" -- sh -c 'echo {x} >>$RAN; echo loss=0.{x} >note'
}
more() { small "$@"; } # adds to a store that is there
verified() { retrial verify -q -j 2 small; } # a study that is complete
replayed() { retrial replay -q -j 2 small -S x+=10; }
driven() { retrial run -q -j 2 steered.yaml "$@"; } # by a driver, with reports and checkpoints
# These make an index that is missing or damaged.
listed() { retrial ls small; }
repaired() { retrial check --repair; }

prepare() { # for the command $name: the folder that it starts from
    cd "$work" && rm -rf from here && mkdir here && cd here || return
    case $name in
    more | listed | repaired)
        make_plain
        mv small.yaml "$work/" && sed 's/1:6:1/1:3:1/' "$work/small.yaml" > small.yaml
        small 2> "$work/err" && mv "$work/small.yaml" . || return
        [ "$name" = more ] || rm -f .retrial/index.sqlite*
        [ "$name" != repaired ] || printf 'no index' > .retrial/index.sqlite
        ;;
    verified | replayed) make_plain && small 2> "$work/err" || return ;;
    driven) write_driven ;;
    *) make_plain ;;
    esac
    cd "$work" && mv here from
}

fresh() {
    rm -rf "$work/here" "$work/tmp" "$RAN" "$work/log"
    cp -r "$work/from" "$work/here" && mkdir "$work/tmp" && cd "$work/here" || exit 2
    : > "$RAN"
    head -c 16 /dev/zero > "$DISK_STATE"
}

query() { retrial query --csv "$1" 2> "$work/err" | tail -n +2; }
recorded() {
    local study=small
    [ "$name" != driven ] || study=steered
    query "SELECT a.*, t.x FROM \"$study.attempts\" a JOIN $study t USING (ordinal) WHERE a.outcome IN ('ok', 'pruned')"
}
values() { sed 's/.*,//' <<< "$1" | grep . | sort; }

with_fault() {
    TMPDIR=$work/tmp DISK_FAULT=$at,$how DISK_LOG=$work/log LD_PRELOAD=$build/tests/disk.so \
        timeout 60 bash -c "$(declare -f small "$name"); exec 2> '$work/err'; $name > '$work/out'" &
    wait $!
}

check_end() { # code
    local said
    said=$(cat "$work/out" "$work/err")
    case $1 in
    0) survived=$((survived + 1)) ;;
    1 | 3) # what a trial writes and keeps is its own, and so is what is said of its outcome
        [[ $path == */view/* || $path == */keep-* ]] || breach "it ended with $1"
        failed=$((failed + 1))
        ;;
    5)
        told=$((told + 1))
        says_where "$said" "$work/log" || breach "the message does not say where"
        says_how_much "$said" "$how" || breach "the message does not say how much is free"
        ;;
    *) breach "it ended with $1" ;;
    esac
}

after() {
    local before code end judged count recorded=
    ! grep -q "is recorded: retrial verdict" "$work/err" || recorded=yes
    export TMPDIR=$work/tmp
    if [ -e .retrial ]; then
        retrial check > "$work/err" 2>&1
        code=$?
        if [ $code = 4 ]; then
            retrial check --repair > "$work/err" 2>&1 || breach "the store cannot be repaired"
        elif [ $code != 0 ]; then
            breach "check ended with $code"
        fi
    fi
    before=$(recorded)
    judged=$(query "SELECT count(verdict) FROM replays")
    [ -z "$(query "SELECT trial FROM replays WHERE verdict = 'NOT COMPARABLE'")" ] ||
        breach "trials that had not run were judged"
    cp "$RAN" "$work/ran.before"
    : > "$RAN"
    $name --retry all > /dev/null 2> "$work/err"
    code=$?
    count=6
    [ $code = 0 ] || [ "$name,$1,$code" = verified,3,3 ] || breach "run again, it ended with $code"
    case $name in
    listed | repaired) return ;;
    driven) count=4 ;;
    verified | replayed) # one that came to its end is not gone on with
        end=$(query "SELECT count(*), sum(verdict IS NOT NULL) FROM replays")
        [ "$1" != 5 ] || [ -n "$recorded" ] || judged=0
        [ "$end" = "$((judged == 6 ? 12 : 6)),$((judged == 6 ? 12 : 6))" ] ||
            breach "after $1, with $judged verdicts, there are now (trials, verdicts) $end"
        return
        ;;
    esac
    retrial check > "$work/err" 2>&1 || breach "the store is not whole in the end"
    end=$(recorded)
    [ "$(values "$end")" = "$(seq $count)" ] || breach "not one ok attempt for each trial"
    [ -z "$(comm -23 <(sort <<< "$before") <(sort <<< "$end"))" ] || breach "recorded attempts are gone"
    [ -z "$(comm -12 <(values "$before") <(sort -u "$RAN"))" ] || breach "recorded trials ran again"
    again=$((again + $(sort "$RAN" "$work/ran.before" | uniq -d | wc -l)))
}

run_all() { # of command $name, with $how
    local code
    at=${FIRST:-1}
    while :; do
        fresh
        with_fault
        code=$?
        change=$(awk -v at=$at '$1 == at {print $2, $3}' "$work/log")
        path=${change#* }
        [ -n "$change" ] || break
        tried=$((tried + 1))
        check_end $code
        after $code
        at=$((at + step))
    done
    change=none
    [ $code = 0 ] || breach "without a fault it ended with $code"
}

for name in ${COMMANDS:-small saved command_line driven more verified replayed listed repaired}; do
    prepare || { cat "$work/err"; exit 2; }
    for how in "${hows[@]}"; do
        run_all
    done
done
[ "$told" -gt 0 ] || { echo "nothing ever failed"; exit 1; }
echo "$tried faults: $told told, $survived survived, $failed trials failed; $again trials ran again that had not been recorded"
[ "$bad" = 0 ] || { echo "$bad breaches"; exit 1; }
