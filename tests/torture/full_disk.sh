#!/usr/bin/env bash
# A small study on a disk that really is full, with more and more room on it.
#
#   tests/torture/full_disk.sh BUILD-FOLDER [KIB...]
#
# Needs to be root, for it mounts a file system in memory. However much room there is, the study ends
# with 5 and says that the disk is full, or is complete; the store is whole, and with room it completes.
set -u
build=$(realpath "$1")
shift
[ "$(id -u)" = 0 ] || { echo "only root can mount a small disk"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/retrial-full.XXXXXX") || exit 2
mount -t tmpfs -o size=32m none "$work" 2> /dev/null || { rmdir "$work"; echo "nothing can be mounted here"; exit 77; }
trap 'cd / && umount "$work" && rmdir "$work"' EXIT
unset RETRIAL_STORE RETRIAL_COMM RETRIAL_SPOOL
export PATH=$build:/usr/bin:/bin HOME=$work LC_ALL=C.UTF-8 TMPDIR=$work/tmp
cd "$work" || exit 2
bad=0 full=0
breach() { echo "with $room KiB: $*"; bad=$((bad + 1)); }

for room in "${@:-0 4 16 40 80 200 400 600 800 4000}"; do
    for room in $room; do # one word or several
        rm -rf here tmp && mkdir here tmp && cd here || exit 2
        printf 'def train(x):\n    print("y" * 6000)\n    return {"loss": x / 4}\n' > model.py
        printf 'name: small\nentry: model.py:train\nsweep: {x: "1:6:1"}\n' > small.yaml
        dd if=/dev/zero of=../fill bs=4k status=none 2> /dev/null
        truncate -s "-$((room * 1024))" ../fill
        said=$(retrial run -q -j 1 small.yaml 2>&1)
        code=$?
        rm ../fill
        case $code in
        0) ;;
        5) [[ $said != *"the disk is full ("* ]] && breach "$said" ; full=$((full + 1)) ;;
        *) breach "it ended with $code: $said" ;;
        esac
        [ ! -e .retrial ] || said=$(retrial check 2>&1) || breach "$said"
        said=$(retrial run -q -j 1 small.yaml 2>&1) || breach "with room it ended with $?: $said"
        said=$(retrial check 2>&1) || breach "$said"
        [ "$(retrial query --csv "SELECT count(*) FROM small WHERE outcome = 'ok'" | tail -n 1)" = 6 ] ||
            breach "not all trials are ok"
        cd ..
    done
done
[ "$full" -gt 0 ] || { echo "the disk was never full"; exit 1; }
[ "$bad" = 0 ] && echo "full $full times; nothing was lost"
