/*
 * A driver in C that proposes at once what it is asked for: N trials, so many at a time. With the
 * variable AGAIN it fails at the end, so that the next launch runs it again from its start.
 *
 *   driver: {command: [./asks, N, IN_FLIGHT]}
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *out;
static long asked;

static void ask(void)
{
    fprintf(out, "{\"submit\":[{\"id\":%ld,\"params\":{\"x\":%ld.5,\"y\":2.5}}]}\n", asked, asked);
    asked++;
}

int main(int argc, char **argv)
{
    FILE *in = fdopen(atoi(getenv("RETRIAL_DRIVER_IN")), "r");
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
    long in_flight = argc > 2 ? strtol(argv[2], NULL, 10) : 64;
    long told = 0;
    char *line = NULL;
    size_t size = 0;

    out = fdopen(atoi(getenv("RETRIAL_DRIVER_OUT")), "w");
    if (getline(&line, &size, in) < 0) /* the greeting */
        return 1;
    while (asked < count && asked < in_flight)
        ask();
    fflush(out);
    while (told < count && getline(&line, &size, in) > 0) {
        for (const char *at = line; (at = strstr(at, "\"outcome\":")) != NULL; at++) {
            told++;
            if (asked < count)
                ask();
        }
        fflush(out);
    }
    free(line);
    if (getenv("AGAIN"))
        return 3;
    fprintf(out, "{\"finish\":null}\n");
    return fclose(out) == 0 ? 0 : 1;
}
