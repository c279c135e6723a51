#!/usr/bin/env bash
# Verifies the whole noise study, plainly and under both MPIs.
#
#   tests/torture/verify_noise.sh BUILD-FOLDER [plain|mpich|openmpi...]
#
# The 220 trainings of examples/noise are run plainly. Then they are verified by each way to launch:
# all 220 must be IDENTICAL, bit for bit, and 220 lines that the model itself wrote meanwhile, in its
# own process, one for each trial, prove that each was really run. A minute or two for each way.
set -eu
build=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- plain mpich openmpi
sources=$(dirname "$(realpath "$0")")/../..
work=$(mktemp -d "${TMPDIR:-/tmp}/retrial-noise.XXXXXX")
trap 'rm -rf "$work"' EXIT
unset RETRIAL_STORE RETRIAL_COMM RETRIAL_SPOOL
export PATH=$build:/usr/bin:/bin HOME=$work LC_ALL=C.UTF-8 WITNESS=$work/witness
cp -r "$sources/examples/noise/"*.yaml "$sources/examples/noise/"*.py "$work"
cd "$work"
cat > witness.py <<'PYTHON'
import os

import model
import numpy


def train(label_noise=0.0, **others):
    seed = numpy.random.get_state()[1][0]
    with open(os.environ["WITNESS"], "a") as file:
        file.write("%s,%s %s\n" % (label_noise, seed, os.getpid()))
    return model.train(label_noise=label_noise, **others)
PYTHON
sed -i 's/model.py:train/witness.py:train/' noise.yaml
bad=0
retrial run noise.yaml -q
for way in "$@"; do
    case $way in
    plain) wanted=1 launcher=() ;;
    mpich) wanted=3 launcher=(mpiexec.mpich -n 3) ;;
    openmpi) wanted=3 launcher=(mpiexec.openmpi --allow-run-as-root --oversubscribe --bind-to none -n 3) ;;
    *) echo "there is no way to launch called \"$way\"" && exit 2 ;;
    esac
    : > "$WITNESS"
    "${launcher[@]}" retrial verify noise --name "verified_$way" -q > out 2> err || { cat out err && bad=1; }
    identical=$(sed -n 's/.* \([0-9]*\) IDENTICAL.*/\1/p' out | head -n 1)
    ranks=$(retrial query --csv "SELECT count(DISTINCT rank) FROM \"verified_$way\"" | tail -n 1)
    echo "$way: ${identical:-0} IDENTICAL, $(cut -d ' ' -f 1 "$WITNESS" | sort -u | wc -l) trials ran, in" \
        "$(wc -l < "$WITNESS") lines of witness; $ranks ranks ran some"
    [ "${identical:-0}" = 220 ] && [ "$(wc -l < "$WITNESS")" = 220 ] && [ "$ranks" = $wanted ] || bad=1
    [ "$(cut -d ' ' -f 1 "$WITNESS" | sort -u | wc -l)" = 220 ] || bad=1
done
exit $bad
