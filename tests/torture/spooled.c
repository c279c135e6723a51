/* Prints the trials that ended well and lie in spools, STUDY.ORDINAL with the study's number:
 * spooled FILE... */
#include "engine/spool.h"
#include "store/event.h"

#include <inttypes.h>
#include <stdio.h>

static void print_batch(void *context, struct rt_span rows)
{
    struct rt_attempts_reader reader;
    struct rt_attempt attempt;

    (void)context;
    if (rt_attempts_open(&reader, rows, NULL) < 0)
        return;
    while (rt_attempts_next(&reader, &attempt, NULL) == 1) {
        if (attempt.outcome == RT_OUTCOME_OK)
            printf("%" PRIu32 ".%" PRIu64 "\n", attempt.study, attempt.ordinal);
    }
}

int main(int argc, char **argv)
{
    int worst = 0;

    for (int i = 1; i < argc; i++) {
        struct rt_err err = {0};

        if (rt_harvest_read(argv[i], print_batch, NULL, &err) != 0) {
            fprintf(stderr, "%s: %s\n", argv[i], err.code ? err.text : "damaged");
            worst = 1;
        }
    }
    return worst;
}
