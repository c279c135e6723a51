# Rounds of a small study in which something happens to a launch: shared by kills.sh and disks.sh,
# which set build, kind (who or what is at work, for the messages) and mpi (plain, mpich, openmpi).
#
# A round begins with anew, or with what the round before has left; the caller launches the study, and
# spoils it; look holds what is there then against what was there before; complete makes the rest.
#
# $WHAT says what is launched: run (if it is not set); or verify, or replay, of two studies that ran before,
# which makes two replays. Of these the verdicts must be in the end as after a launch that nobody disturbed:
# a third is DIFFERENT, or the half. Under an MPI each takes a launch of its own. A trial is known by its
# number, from 1 on: its x in what ran before, plus twelve for the second one that a replay makes of it.
# shellcheck shell=bash disable=SC2154 # what the caller sets

what=${WHAT:-run} trials=24 end_code=0
work=$(mktemp -d "${TMPDIR:-/tmp}/retrial-rounds.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
unset RETRIAL_STORE RETRIAL_COMM RETRIAL_SPOOL
export PATH=$build:/usr/bin:/bin HOME=$work LC_ALL=C.UTF-8 RAN=$work/ran PIDS=$work/pids
export TMPDIR=$work/tmp RETRIAL_MODULES=$build/lib/retrial
export DISK_UNDER=$work/here:$work/tmp DISK_STATE=$work/state DISK_LOG=$work/log
lost=0 repeated=0 damaged=0 wrong=0 pending=0 again=0 spooled=0
first=0 between=0 last=0 round=0 hits=0
declare -A changes=()

case $mpi in
plain) launcher=() ;;
mpich) launcher=(mpiexec.mpich -n 2) ;;
openmpi) launcher=(mpiexec.openmpi --allow-run-as-root --oversubscribe -n 2) ;;
*) echo "there is no MPI called \"$mpi\""; exit 2 ;;
esac
[ "$mpi" = plain ] || command -v "${launcher[0]}" > "$work/which" || { echo "there is no ${launcher[0]}"; exit 77; }

case $what in # the command, and how many trials the two studies have that it runs again
run) command=(run small.yaml) ;;
verify) command=(verify small tiny) first_study=16 all_studies=24 end_code=3 ;;
replay) command=(replay small tiny -S y=0,1) first_study=8 all_studies=12 ;;
*) echo "nothing is called \"$what\" that could be launched"; exit 2 ;;
esac
number="CASE origin WHEN 'small' THEN 0 ELSE ${first_study:-0} END + origin_ordinal +
    12 * (replay LIKE '%replay' AND ordinal % 2 = 0)"

study() { # name, function, x
    printf 'name: %s\nentry: model.py:%s\nsweep: {x: "%s:1"}\nlimits: {retries: 50}\n' "$1" "$2" "$3" > "$1.yaml"
}

studies() { # the files, and what ran before
    cat > model.py <<'PYTHON'
import os
import time


def train(x, y=0):
    time.sleep(0.004)
    print("y" * (x * 400))
    with open(os.environ["RAN"], "a") as ran:
        ran.write("%d\n" % (x + 12 * y))
    shift = float(os.environ["SHIFT"]) if x % 3 == 0 else 0
    return {"loss": x * 0.5 + y + shift, "count": x}


def other(x, y=0):
    return train(x, y)
PYTHON
    export SHIFT=0
    [ "$what" != run ] || { study small train "1:$trials"; return; }
    study small train "1:$first_study"
    study tiny other "$((first_study + 1)):$all_studies"
    retrial run -q -j 2 small.yaml && retrial run -q -j 2 tiny.yaml
}

# Each rank leaves its number, and the launcher its own. With DISK_FAULT the ranks are watched, or
# only the one that FAULTY says.
launch() { # what else is said to run
    # shellcheck disable=SC2016 # the rank's own shell is to expand these
    ("${launcher[@]}" sh -c 'rank=${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}}; echo $$ >"$PIDS/$rank"
        [ -z "${DISK_FAULT:-}" ] || [ "${FAULTY:-$rank}" != $rank ] || export LD_PRELOAD='"$build"'/tests/disk.so
        exec retrial "$@" -q -j 2 --silence 3' launch "${command[@]}" "$@" &
    echo $! > "$PIDS/mpiexec"
    wait $!)
}

query() { retrial query --csv "$1" 2> "$work/err" | tail -n +2; }

recorded() {
    local attempts='"small.attempts"' numbers='(SELECT trial, x FROM small)'
    if [ "$what" != run ]; then
        attempts="(SELECT * FROM \"small_$what.attempts\" UNION ALL SELECT * FROM \"tiny_$what.attempts\")"
        numbers="(SELECT trial, $number AS x FROM replays)"
    fi
    query "SELECT a.*, t.x FROM $attempts a JOIN $numbers t USING (trial) WHERE a.outcome = 'ok' ORDER BY x"
}

in_spools() { # the numbers of trials
    "$build/tests/spooled" "$TMPDIR"/retrial-spool*/* 2> "$work/err" |
        case $what in
        run) sed 's/.*\.//' ;;
        *) awk -F , 'NR == FNR {number[$1] = $2; next} {print number[$1]}' \
            <(query "SELECT study || '.' || ordinal, $number FROM replays") - ;;
        esac | sort -u
}

verdicts() {
    query "SELECT replay, ordinal, repeat, origin_trial, origin_attempt, verdict, reason FROM replays
        ORDER BY replay, ordinal"
    query "SELECT s.name, d.metric, n, mean, sd, low, high, largest, largest_ordinal
        FROM difference AS d JOIN study AS s USING (study) ORDER BY s.name, d.metric"
}

# The same command would then begin anew. What waits may have a verdict, too: why it could not be run.
judged() {
    [ "$what" != run ] && [ "$(count "$(recorded)")" = $trials ] &&
        [ "$(query 'SELECT count(verdict) FROM replays')" = $trials ]
}

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
    kept=$(in_spools)
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

launch_all() { # with what else is said to the command: how it ends
    local code=75 launches
    for ((launches = 0; launches < 3 && code == 75; launches++)); do
        launch "$@" > "$work/err" 2>&1
        code=$?
    done
    return $code
}

complete() { # with what else is said to the command
    local end code
    change=
    if ! judged; then
        launch_all "$@"
        code=$?
        [ $code = $end_code ] || breach "run again, it ended with $code"
    fi
    end=$(recorded)
    pending=$((pending + $(count "$ended")))
    again=$((again + $(comm -12 <(echo "$ended") <(sort -u "$RAN") | grep -c .)))
    repeated=$((repeated + $(comm -12 <(echo "$done_before") <(sort -u "$RAN") | grep -c .)))
    lost=$((lost + $(comm -23 <(sort <<< "$lines_before") <(sort <<< "$end") | grep -c .)))
    [ "$(sed 's/.*,//' <<< "$end" | sort -n)" = "$(seq $trials)" ] || breach "not one ok attempt for each trial"
    if [ "$what" != run ]; then
        [ "$(verdicts)" = "$expected" ] || breach "the verdicts are others: $(diff <(verdicts) <(echo "$expected"))"
    else
        [ "$(query "SELECT count(*) FROM small WHERE outcome = 'ok' AND loss = x * 0.5")" = $trials ] ||
            breach "not all results are right"
    fi
    whole "in the end"
}

anew() {
    rm -rf "$work/here" "$PIDS" "$TMPDIR" && mkdir "$PIDS" "$TMPDIR" && cp -r "$work/before" "$work/here" &&
        cd "$work/here" || exit 2
    : > "$RAN"
    lines_before='' done_before='' ended=''
}

# What each round begins with, and should end with.
prepare() {
    mkdir "$work/here" "$PIDS" "$TMPDIR" && cd "$work/here" && studies || exit 2
    mv "$work/here" "$work/before"
    [ "$what" != run ] || return
    SHIFT=1 # this time
    anew
    launch_all > "$work/err" 2>&1
    [ $? = $end_code ] || { cat "$work/err"; exit 2; }
    expected=$(verdicts)
    [ "$(grep -c '^[a-z]*_'"$what"'.*,\(IDENTICAL\|DIFFERENT\),' <<< "$expected")" = $trials ] ||
        { echo "$expected"; exit 2; }
}

watch() { # what happens at which change: disk.h
    rm -f "$DISK_LOG"
    head -c 16 /dev/zero > "$DISK_STATE"
    export DISK_FAULT=$1
}

hit() { # by a change to the disk, "PART CALL"; or else by chance
    [ -z "$1" ] || changes[$1]=$((${changes[$1]:-0} + 1))
    hits=$((hits + 1))
}

tally() { # what was found, and what was hit
    echo "$lost lost, $repeated repeated, $damaged damaged, $wrong breaches; $spooled lay in a spool;" \
        "$pending had ended and were nowhere, $again of them ran again"
    echo "    $first before the first result, $between between, $last after the last; of the changes:" \
        "$(for change in "${!changes[@]}"; do echo "${changes[$change]} $change"; done | sort -rn | paste -sd , | sed 's/,/, /g')"
}
