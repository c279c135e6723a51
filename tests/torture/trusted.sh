#!/usr/bin/env bash
# Is the torture to be trusted? Each bug that is planted must be found within 100 power cuts.
#
#   tests/torture/trusted.sh BUILD-FOLDER [SEED [BUG...]]
#
# The bugs are in planted.c: the program is linked a second time with them, and the environment says
# which one is there.
set -u
build=$(realpath "$1") seed=${2:-1}
shift $(($# < 2 ? $# : 2))
here=$(dirname "$(realpath "$0")")
missed=0

# bug, what it must be found as, what it is
bugs() {
    cat << 'BUGS'
nosync damaged the journal is never synced (MDB_NOSYNC)
nometasync lost the journal's last commit is not synced (MDB_NOMETASYNC)
ack-first lost results are acknowledged before their commit
lease-late unknown work is sent before its lease is on the disk
index-first ahead the index is on the disk before the journal
folders damaged the folders of objects are not synced
objects damaged objects are not synced before an event names them
code damaged the folders of a code state's name are not synced
none none the same program without a bug: nothing may be found
BUGS
}

while read -r bug kind what; do
    [ $# = 0 ] || [[ " $* " == *" $bug "* ]] || continue
    until=(--until "$kind") rounds=100
    [ "$kind" != none ] || until=() rounds=30
    said=$("$here/power_cut.py" "$build" $rounds --seed "$seed" --resume 0 --plant "$bug" \
        "${until[@]}" 2>&1)
    code=$?
    last=$(tail -n 1 <<< "$said")
    if [ "$kind" = none ]; then
        [ $code = 0 ] && { echo "$bug: nothing found ($last)"; continue; }
    elif [ $code = 1 ] && [[ $last =~ :\ ([0-9]+)\ power\ cuts ]] && cuts=${BASH_REMATCH[1]} &&
        [[ $last =~ [1-9][0-9]*\ $kind ]]; then
        echo "$bug: $what: found ($kind) within $cuts power cuts"
        continue
    fi
    echo "$bug: $what: NOT as it should be ($kind within $rounds power cuts)"
    tail -n 5 <<< "$said" | cut -c1-300 | sed 's/^/    /'
    missed=$((missed + 1))
done < <(bugs)
[ $missed = 0 ] || { echo "$missed bugs were missed"; exit 1; }
