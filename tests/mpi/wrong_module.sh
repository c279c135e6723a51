#!/bin/sh
# The module of the other MPI would see one rank in every process; that is refused.
# $1: comm_check. $MPIEXEC: "mpiexec.mpich -n 2"; $MPI: mpich or openmpi.
case $MPI in
mpich) RETRIAL_COMM=openmpi ;;
*) RETRIAL_COMM=mpich ;;
esac
export RETRIAL_COMM
[ -e "$RETRIAL_MODULES/retrial-comm-$RETRIAL_COMM.so" ] || exit 0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
if $MPIEXEC "$1" >"$out" 2>&1 || grep -q "ranks:" "$out"; then
    echo "ranks ran on their own:"
    cat "$out"
    exit 1
fi
if ! grep -q "started $RANKS ranks, but .* sees only one" "$out"; then
    echo "no rank said what is wrong:"
    cat "$out"
    exit 1
fi
