#!/usr/bin/env bash
# Usage: hung_launcher.sh RETRIAL, with $MPI set.
# Open MPI's mpiexec may hang for ever when a rank dies while it starts and nothing it started lives any more.
# It is ended then; not while it has a child. Here it is played by a shell.
set -eu
[ "$MPI" = openmpi ] || { echo "only Open MPI's does that"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkfifo never
export RETRIAL=$1
printf 'name: t\nentry: {command: ["true"]}\n' >t.yaml

cat >launcher <<'BASH'
OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=1 "$RETRIAL" run -q t.yaml 2>"$1.log" || echo $? >"$1.code"
if [ "$1" != alone ]; then sleep 60 & fi
read -r <>never
BASH
bash launcher alone &
alone=$!
bash launcher accompanied &
accompanied=$!
wait $alone 2>log && code=0 || code=$?
if [ $code != 137 ] || [ ! -s alone.code ] || ! kill -0 $accompanied; then
    echo "the launcher ended with $code" >&2
    cat alone.log >&2
    exit 1
fi
sleep 1 # the other one is as old
kill -0 $accompanied
pkill -P $accompanied sleep
kill -9 $accompanied
wait $accompanied 2>log || true
