#!/usr/bin/env bash
# Usage: nested.sh RETRIAL, with $MPIEXEC and $RANKS set.
# Trials that use MPI themselves, started by mpiexec or alone, inside of a study that runs under MPI.
set -eu
retrial=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >sum.c <<'C'
#include <mpi.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    int rank, size, sum;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    rank++;
    MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    if (rank == 1)
        printf("{\"size\": %d, \"sum\": %d}\n", size, sum);
    MPI_Finalize();
    return 0;
}
C
cat >start.sh <<'SH'
#!/bin/sh
case $1-$2 in
*-0) exec "./sum.$1" ;;
mpich-*) exec mpiexec.mpich -n "$2" ./sum.mpich ;;
openmpi-*) exec mpiexec.openmpi --allow-run-as-root --oversubscribe -n "$2" ./sum.openmpi ;;
esac
SH
chmod +x start.sh
kinds=
for kind in mpich openmpi; do
    if command -v "mpicc.$kind" >/dev/null && command -v "mpiexec.$kind" >/dev/null; then
        "mpicc.$kind" -o "sum.$kind" sum.c
        kinds="$kinds${kinds:+, }$kind"
    fi
done
cat >nested.yaml <<YAML
name: nested
entry: {command: [./start.sh, "{mpi}", "{ranks}"]}
sweep: {mpi: [$kinds], ranks: [0, 2]}
objective: {maximize: sum}
limits: {timeout: 100s}
YAML
$MPIEXEC "$retrial" run -q -j 1 nested.yaml
"$retrial" query --csv 'SELECT outcome, ranks, size, sum, count(*) FROM nested GROUP BY 1, 2, 3, 4' >table.csv
count=$(echo "$kinds" | wc -w)
printf 'outcome,ranks,size,sum,count(*)\nok,0,1,1,%s\nok,2,2,3,%s\n' "$count" "$count" | diff - table.csv
