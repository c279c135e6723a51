#!/bin/sh
# A launcher whose module is missing: every rank says so, and none conducts by itself.
# $1: comm_check. $MPIEXEC: "mpiexec.mpich -n 2"; $MPI: mpich or openmpi.
out=$(mktemp)
trap 'rm -f "$out"' EXIT
RETRIAL_MODULES=/nonexistent
export RETRIAL_MODULES
# A rank may be killed as soon as another has exited: so each waits for the rest after its message.
if $MPIEXEC sh -c '"$0"; code=$?; sleep 1; exit $code' "$1" >"$out" 2>&1; then
    echo "the launch succeeded without its module"
    exit 1
fi
said=$(grep -c "retrial-comm-$MPI.so is not in /nonexistent" "$out")
if [ "$said" -ne "$RANKS" ] || grep -q "ranks:" "$out"; then
    echo "$said of $RANKS ranks named the missing module:"
    cat "$out"
    exit 1
fi
