/*
 * The Ising model on a square lattice, by Metropolis' rule: below a temperature of 2.27 the spins
 * agree, above it they do not. A model in C is a function in a shared library:
 *
 *     cc -O2 -shared -fPIC -I ../../engine/public -o libising.so ising.c -lm
 *
 * (without the -I once retrial.h is installed). What Retrial offers it is in that header.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include <retrial.h>

static uint64_t next_random(uint64_t *state) /* splitmix64 */
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Sum of the four neighbours of a spin; the lattice is a torus. */
static int neighbours(const signed char *spins, int size, int row, int column)
{
    return spins[(row + 1) % size * size + column] +
           spins[(row + size - 1) % size * size + column] +
           spins[row * size + (column + 1) % size] + spins[row * size + (column + size - 1) % size];
}

static void sweep(signed char *spins, int size, const double accept[5], uint64_t *state)
{
    for (int turn = 0; turn < size * size; turn++) {
        uint64_t random = next_random(state);
        int at = (int)(random % (uint64_t)(size * size));
        int gain = spins[at] * neighbours(spins, size, at / size, at % size);

        if (gain <= 0 || (double)(next_random(state) >> 11) * 0x1p-53 < accept[gain])
            spins[at] = (signed char)-spins[at];
    }
}

static double mean_spin(const signed char *spins, int count)
{
    int sum = 0;

    for (int i = 0; i < count; i++)
        sum += spins[i];
    return (double)sum / count;
}

int simulate(const struct retrial_trial *trial, struct retrial_result *result)
{
    double temperature = retrial_real(trial, "temperature", 2.0);
    int size = (int)retrial_int(trial, "size", 24);
    int sweeps = (int)retrial_int(trial, "sweeps", 400);
    double accept[5];
    double magnetisation = 0;
    uint64_t state = trial->seed;
    signed char *spins;

    if (temperature <= 0 || size < 2 || size > 4096 || sweeps < 1) {
        retrial_fail(result, "temperature and sweeps must be positive, size from 2 to 4096");
        return 1;
    }
    spins = malloc((size_t)size * (size_t)size);
    if (!spins) {
        retrial_fail(result, "no memory for the lattice");
        return 1;
    }
    for (int i = 0; i < size * size; i++)
        spins[i] = 1;
    for (int gain = 0; gain < 5; gain++)
        accept[gain] = exp(-2.0 * gain / temperature);
    for (int i = 0; i < sweeps; i++) {
        sweep(spins, size, accept, &state);
        if (i >= sweeps / 2)
            magnetisation += fabs(mean_spin(spins, size * size));
    }
    free(spins);
    retrial_metric(result, "magnetisation", magnetisation / (sweeps - sweeps / 2));
    return 0;
}
