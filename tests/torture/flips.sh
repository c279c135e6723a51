#!/usr/bin/env bash
# Damages copies of a small store, one bit or one cut at a time, and asks what is shown of it.
#
#   tests/torture/flips.sh BUILD-FOLDER [FLIPS [SEED [STORE]]]     500 flips if not said otherwise
#
# STORE is kinds, a study with every kind of end, or driven: a study that a driver runs, with
# reports, verdicts and checkpoints, and what replays it.
#
# Of each damaged copy: `retrial check` ends by itself, changes nothing, and says "whole" only if
# what is shown is what was recorded; and what is shown from the journal (the index made anew) is
# right or refused. No other command that reads the store, and none that goes on with it, dies of a
# signal or stays. The same of copies that cp makes of a store while a study runs. Prints a line for each breach, and a summary.
set -u
build=$(realpath "$1") flips=${2:-500} RANDOM=${3:-7} kind=${4:-kinds}
source=$(dirname "$(dirname "$(dirname "$(realpath "$0")")")")
work=$(mktemp -d "${TMPDIR:-/tmp}/retrial-flips.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
export PATH=$build:/usr/bin:/bin HOME=$work TMPDIR=$work LC_ALL=C.UTF-8
cd "$work" || exit 2
source "$source/tests/cli/made.bash"
source "$source/tests/torture/stores.bash"
case $kind in
kinds)
    make_study || exit 2
    study=kinds more=()
    asked=('SELECT ordinal, outcome, loss, x, mode FROM kinds ORDER BY ordinal')
    ;;
driven)
    make_driven > err 2>&1 || { cat err; exit 2; }
    study=steered more=("why steered.2" "verify steered -q" "export exported" "resume again")
    asked=('SELECT ordinal, outcome, attempt, loss, x, reason FROM steered ORDER BY ordinal'
        'SELECT ordinal, number, step, metric, value FROM "steered.steps" ORDER BY 1, 2'
        'SELECT ordinal, attempt, step, stop, params FROM decision ORDER BY 1'
        'SELECT ordinal, attempt, step, hash FROM checkpoint ORDER BY 1, 2, 3, 4'
        'SELECT ordinal, kept_by, hash FROM restore ORDER BY 1'
        'SELECT trial, origin_trial, verdict, reason FROM replays ORDER BY 1'
        'SELECT what, count(*) FROM driver GROUP BY 1 ORDER BY 1')
    ;;
*) echo "STORE is kinds or driven, not $kind"; exit 2 ;;
esac
retrial ls > /dev/null || exit 2
mv .retrial good
bad=0 detected=0 harmless=0 cuts=0

breach() { echo "$what: $*"; bad=$((bad + 1)); }

shown() { # of the store in this folder; 0 if all of it was shown
    retrial --store store ls $study --csv || return
    local question
    for question in "${asked[@]}"; do
        retrial --store store query --csv "$question" || return
    done
}
show_in_time() { timeout 60 bash -c "$(declare -p study asked); $(declare -f shown); shown"; }

sums() { find store -type f ! -name lock.mdb -print0 | sort -z | xargs -0 sha256sum; }

cp -r good store
shown > right 2> /dev/null || { echo "the store cannot be shown"; exit 2; }
retrial --store store check > said 2>&1 || { echo "the store is not whole to begin with"; cat said; exit 2; }
rm -rf store

# Ends of commands that are no answer: a signal, a failed assertion, no end.
others() {
    local command on code
    for command in status "show $study.1" "log $study.1" "query best" overview "resume $study" "${more[@]}"; do
        on=store
        case $command in resume* | verify*) on=going && rm -rf going && cp -r store going ;; esac
        # shellcheck disable=SC2086 # words
        timeout 60 retrial --store $on $command > said 2>&1 < /dev/null
        code=$?
        [ $code -lt 70 ] || [ $code = 75 ] || breach "$command ended with $code: $(tail -n 1 said)"
    done
    rm -rf going exported
}

try() { # the damaged copy is ./store
    local before code
    before=$(sums)
    timeout 60 retrial --store store check > said 2>&1 < /dev/null
    code=$?
    case $code in 0 | 4 | 5 | 7) ;; *) breach "check ended with $code: $(tail -n 1 said)" ;; esac
    [ "$before" = "$(sums)" ] || breach "check changed the store"
    show_in_time > first 2> why < /dev/null
    [ $? -lt 124 ] || breach "ls or query died: $(tail -n 1 why)"
    others
    if [ $code = 0 ]; then
        harmless=$((harmless + 1))
        cmp -s first right || breach "called whole, and shows other data: $(tail -n 1 why)"
    else
        detected=$((detected + 1))
    fi
    case $what in
    index*) ;;
    *)
        rm -f store/index.sqlite*
        if show_in_time > second 2> why < /dev/null; then
            cmp -s second right || breach "wrong data from the journal"
        elif [ $? -ge 124 ]; then
            breach "ls or query died: $(tail -n 1 why)"
        fi
        ;;
    esac
    rm -rf store
}

mapfile -t files < <(cd good && find . -type f -size +0 ! -name lock.mdb ! -name '*-shm' | sort)
for ((i = 0; i < flips; i++)); do
    file=${files[RANDOM % ${#files[@]}]#./}
    # Half of the flips go to the journal: the truth, in few pages.
    [ $((RANDOM % 2)) = 0 ] || file=journal/data.mdb
    size=$(stat -c %s "good/$file")
    at=$(((RANDOM * 32768 + RANDOM) % size)) bit=$((1 << RANDOM % 8))
    what="$file, byte $at, bit $bit"
    cp -r good store && chmod -R u+w store
    byte=$(od -An -tu1 -j "$at" -N 1 "store/$file")
    printf "\\x$(printf %02x $((byte ^ bit)))" |
        dd of="store/$file" bs=1 seek="$at" conv=notrunc status=none
    try
done
for file in "${files[@]#./}"; do
    size=$(stat -c %s "good/$file")
    steps=${CUTS:-20}
    for ((i = 0; i < steps; i++)); do
        cut=$((size * i / steps))
        what="$file, cut to $cut"
        cp -r good store && chmod -R u+w store
        truncate -s "$cut" "store/$file"
        cuts=$((cuts + 1))
        try
    done
done

# Copies by cp of a store that is being written: of several moments at once.
torn() {
    local code rows copies=0
    mkdir live && cd live || return
    printf 'import time\n\n\ndef f(x):\n    time.sleep(0.003)\n    return {"loss": x * 0.5}\n' > f.py
    printf 'name: live\nentry: f.py:f\nsweep: {x: "1:400:1"}\n' > live.yaml
    retrial run -q -j 2 live.yaml 2> err &
    while kill -0 $! 2> why; do
        rm -rf store && cp -r .retrial store 2> why || continue
        copies=$((copies + 1)) what="copy $copies of a live store"
        timeout 60 retrial --store store check > said 2>&1
        code=$?
        case $code in 0 | 4 | 5) ;; *) breach "check ended with $code: $(tail -n 1 said)" ;; esac
        timeout 60 retrial --store store query --csv 'SELECT x, loss FROM live WHERE loss <> x * 0.5' > said 2> why
        code=$?
        rows=$(wc -l < said)
        [ $code -lt 70 ] || breach "query ended with $code: $(tail -n 1 why)"
        [ $code != 0 ] || [ "$rows" = 1 ] || breach "wrong data: $(tail -n 1 said)"
    done
    wait $! || breach "the study ended with $?"
    [ "$copies" -gt 0 ] || breach "none was made"
    cd ..
}
torn
[ "$bad" = 0 ] || { echo "$bad breaches"; exit 1; }
[ "$detected" -gt 0 ] || { echo "nothing was detected"; exit 1; }
echo "seen $flips flips and $cuts cuts: $detected detected, $harmless harmless, nothing wrong shown"
