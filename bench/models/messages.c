/* Messages of 256 bytes between two ranks, 32 at once, two such batches on their way: how many a
 * second come there and as many back. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#define BATCH 32
#define BYTES (256 * BATCH)
#define AHEAD 2

/* Rank 0 has its answers awaited before it sends, so that neither rank waits for the other to
 * receive. */
static void ask(long batches)
{
    static char bytes[BYTES];
    static char answers[AHEAD][BYTES];
    MPI_Request awaited[AHEAD];

    for (long i = 0; i < batches + AHEAD; i++) {
        if (i >= AHEAD)
            MPI_Wait(&awaited[i % AHEAD], MPI_STATUS_IGNORE);
        if (i >= batches)
            continue;
        MPI_Irecv(answers[i % AHEAD], BYTES, MPI_BYTE, 1, 0, MPI_COMM_WORLD, &awaited[i % AHEAD]);
        MPI_Send(bytes, BYTES, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
    }
}

static void answer(long batches)
{
    static char bytes[BYTES];

    for (long i = 0; i < batches; i++) {
        MPI_Recv(bytes, BYTES, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        MPI_Send(bytes, BYTES, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
    }
}

int main(int argc, char **argv)
{
    long batches = (argc > 1 ? atol(argv[1]) : 1000000) / BATCH;
    double start;
    int rank;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    start = MPI_Wtime();
    if (rank == 0)
        ask(batches);
    else
        answer(batches);
    if (rank == 0)
        printf("%.6f\n", (MPI_Wtime() - start) / ((double)batches * BATCH) * 1e6);
    MPI_Finalize();
    return 0;
}
