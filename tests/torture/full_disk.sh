#!/usr/bin/env bash
# A small study on a disk that really is full, with more and more room on it.
#
#   [STORE=driven] tests/torture/full_disk.sh BUILD-FOLDER [KIB...]
#
# Needs to be root, for it mounts a file system in memory. However much room there is, the study ends
# with 5 and says that the disk is full, or is complete; the store is whole, and with room it completes.
# With STORE=driven a program drives the study, its trials report and keep checkpoints, and it is
# replayed when it is complete, on as little room; and then the same command goes on with that replay.
set -u
build=$(realpath "$1") kind=${STORE:-small}
shift
source "$(dirname "$(realpath "$0")")/stores.bash"
[ "$(id -u)" = 0 ] || { echo "only root can mount a small disk"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/retrial-full.XXXXXX") || exit 2
mount -t tmpfs -o size=32m none "$work" 2> /dev/null || { rmdir "$work"; echo "nothing can be mounted here"; exit 77; }
trap 'cd / && umount "$work" && rmdir "$work"' EXIT
unset RETRIAL_STORE RETRIAL_COMM RETRIAL_SPOOL
export PATH=$build:/usr/bin:/bin HOME=$work LC_ALL=C.UTF-8 TMPDIR=$work/tmp RAN=$work/ran
cd "$work" || exit 2
bad=0 full=0 code=0
breach() { echo "with $room KiB: $*"; bad=$((bad + 1)); }

# Runs a command with so much room, and then with all of it: 0 or 5, and then 0.
with_room() {
    local said
    dd if=/dev/zero of=../fill bs=4k status=none 2> /dev/null
    truncate -s "-$((room * 1024))" ../fill
    said=$("$@" 2>&1)
    code=$?
    rm ../fill
    case $code in
    0) ;;
    5) [[ $said == *"the disk is full ("* ]] || breach "$* said: $said" ; full=$((full + 1)) ;;
    1) # what a trial writes itself, and what a driver does, is its own
        [[ $said == *"o space left"* ]] || breach "$* ended with 1: $said"
        ;;
    *) breach "$* ended with $code: $said" ;;
    esac
    [ ! -e .retrial ] || said=$(retrial check 2>&1) || breach "$said"
    said=$("$@" $again 2>&1) || breach "with room $* ended with $?: $said"
    said=$(retrial check 2>&1) || breach "$said"
}

ask() { retrial query --csv "$1" | tail -n +2; }

for room in "${@:-0 4 16 40 80 200 400 600 800 4000}"; do
    for room in $room; do # one word or several
        rm -rf here tmp && mkdir here tmp && cd here || exit 2
        if [ "$kind" = driven ]; then
            write_driven
            again="--retry all"
            with_room retrial run -q -j 1 steered.yaml
            [ "$(ask "SELECT count(*) FROM steered WHERE outcome IN ('ok', 'pruned')")" = 4 ] ||
                breach "not all trials are ok"
            again=
            with_room retrial replay -q -j 1 steered --where "x > 2"
            # One that was complete at once is no reason not to begin another.
            [ "$(ask "SELECT count(DISTINCT replay) FROM replays")" = $((code == 0 ? 2 : 1)) ] ||
                breach "it began anew"
        else
            make_plain
            again="--retry all"
            with_room retrial run -q -j 1 small.yaml
            [ "$(ask "SELECT count(*) FROM small WHERE outcome = 'ok'")" = 6 ] ||
                breach "not all trials are ok"
        fi
        cd ..
    done
done
[ "$full" -gt 0 ] || { echo "the disk was never full"; exit 1; }
[ "$bad" = 0 ] && echo "full $full times; nothing was lost"
