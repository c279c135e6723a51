#!/usr/bin/env bash
# Usage: bound.sh RETRIAL, with $MPIEXEC for one rank and $MPI set.
# A rank that its mpiexec bound to fewer cores than there are says so once, with what to do; one that has
# what the launcher has, or what its workers need, says nothing.
set -eu
retrial=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
[ "$(nproc)" -ge 2 ] || { echo "there is one core only"; exit 77; }
printf 'name: t\nentry: {command: ["true"]}\nsweep: {x: 1:2:1}\n' >t.yaml

told() { # expected number of notices, how it is started, options of run
    rm -rf .retrial
    $2 "$retrial" run -q ${3-} t.yaml 2>log || { cat log >&2; exit 1; }
    if [ "$(grep -c 'mpiexec bound a rank on .* to 1 of its .* cores.*--bind-to none' log)" != "$1" ]; then
        echo "started by \"$2\" with \"${3-}\":" >&2
        cat log >&2
        exit 1
    fi
}

told 0 "$MPIEXEC --bind-to none"
told 1 "$MPIEXEC --bind-to core" "-j 2"
told 0 "$MPIEXEC --bind-to core" "-j 1"
told 0 "taskset -c 0 $MPIEXEC --bind-to none" "-j 2"
case $MPI in
openmpi) told 1 "$MPIEXEC" ;; # which binds what is not told otherwise
mpich) told 0 "$MPIEXEC" ;;
esac
