/* Is this store whole? */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "cli/ask.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "store/check.h"
#include "store/lock.h"
#include "store/replica.h"

static int repair;

static const struct poptOption options[] = {
    {"repair", 0, POPT_ARG_NONE, &repair, 0,
     "Make anew what follows from the journal: checkpoints and the index", NULL},
    RT_OUTPUT_OPTIONS,
    POPT_TABLEEND,
};

struct told {
    struct rt_listing *listing; /* NULL: lines for people */
    bool repairable;            /* some of it */
    bool beyond;                /* some of it is not */
    struct rt_err err;
};

static const char *kind_of(int code)
{
    return code == RT_ENEWER ? "newer" : code == RT_EIO ? "I/O error" : "damaged";
}

static void print_line(const struct rt_check_finding *finding)
{
    char *what = rt_escaped(finding->what);

    printf("%s: %s: %s; %s\n", kind_of(finding->code), finding->part, what, finding->remedy);
    free(what);
}

static void tell(void *context, const struct rt_check_finding *finding)
{
    struct told *told = context;
    struct rt_cell cells[] = {rt_cell_text(kind_of(finding->code)), rt_cell_text(finding->part),
                              rt_cell_text(finding->what), rt_cell_text(finding->remedy)};

    told->repairable |= finding->repairable;
    told->beyond |= !finding->repairable;
    if (!told->listing)
        print_line(finding);
    else if (told->err.code == 0)
        rt_listing_row(told->listing, cells, &told->err);
}

static void sum_up(const char *of, const struct rt_check_facts *facts)
{
    printf("%swhole: %llu events, %llu attempts, %llu objects, %llu code states", of,
           (unsigned long long)facts->events, (unsigned long long)facts->attempts,
           (unsigned long long)facts->objects, (unsigned long long)facts->codes);
    if (!facts->indexed)
        printf("; the index is made when somebody asks");
    else if (facts->behind)
        printf("; the index is %llu events behind%s", (unsigned long long)facts->behind,
               facts->live ? " a study that runs" : "");
    if (facts->spare_objects)
        printf("; %llu objects that no event names, which do no harm",
               (unsigned long long)facts->spare_objects);
    printf("\n");
}

/* A store; or the hot store if it is here, and the home. */
static int look_at_parts(const struct rt_cmd_context *context, struct told *told,
                         struct rt_err *err)
{
    bool home = context->home && !repair;
    struct rt_check_facts facts;
    struct rt_err second;
    int found;
    int rc = 0;

    if (!home || context->home_is_here) {
        rc = rt_check(context->store_path, tell, told, &facts, err);
        if (rc == 0 && !told->listing)
            sum_up(home ? "hot store: " : "", &facts);
    }
    if (home) {
        found = rt_replica_check(context->home, tell, told, &facts, rc < 0 ? &second : err);
        if (found == 0 && !told->listing)
            sum_up("home: ", &facts);
        rc = rc < 0 ? rc : found;
    }
    return rc;
}

static int look(const struct rt_cmd_context *context, struct told *told, struct rt_err *err)
{
    static const char *const names[] = {"finding", "part", "what", "remedy"};
    int rc;

    *told = (struct told){0};
    if (rt_output_format() != RT_FORMAT_TABLE)
        told->listing = rt_ask_listing(names, sizeof names / sizeof names[0]);
    rc = look_at_parts(context, told, err);
    if (told->listing && (told->err.code || rt_listing_end(told->listing, &told->err) < 0)) {
        *err = told->err;
        rc = told->err.code;
    }
    rt_listing_free(told->listing);
    told->listing = NULL;
    return rc;
}

/* What is lost stays lost, but what can be made anew need not wait for it. */
static int mend(const char *path, struct rt_err *err)
{
    char *aside = NULL;
    char *text;
    int rc = rt_check_repair(path, &aside, err);

    fflush(stdout);
    if (aside) {
        text = rt_escaped(aside);
        fprintf(stderr, "the index as it was is \"%s\" now; remove it when you like\n", text);
        free(text);
    }
    free(aside);
    return rc < 0 ? rt_err_while(err, "repairing") : 0;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_lock_owner owner;
    struct told told;
    const char *path;
    int rc;

    (void)argc;
    (void)argv;
    if ((rc = rt_cmd_store_path(context, &path, err)) < 0)
        return rc;
    if (repair && rt_lock_owner(path, &owner, NULL) > 0)
        return rt_err_set(err, RT_ELOCKED,
                          "process %lld on \"%s\" writes to \"%s\": --repair waits for nobody; "
                          "without it, a store is checked while it is written",
                          (long long)owner.pid, owner.host, path);
    rc = look(context, &told, err);
    if (rc >= 0 || !repair || !told.repairable)
        return rc;
    if (told.beyond)
        return rt_err_set(err, rc,
                          "nothing was repaired: what is made anew is made from what is damaged "
                          "here; restore that first");
    if ((rc = mend(path, err)) < 0)
        return rc;
    printf("repaired; looking again\n");
    return look(context, &told, err);
}

const struct rt_cmd rt_cmd_check = {
    .name = "check",
    .summary = "Find out whether the store is whole",
    .description =
        "Reads everything: events and what they add up to, checkpoints, objects, code\n"
        "states, and the index, which is compared with one made anew from the journal.\n"
        "Nothing is changed. While a study runs, what is there by now is checked.\n"
        "\n"
        "With --repair, checkpoints and the index are made anew from the journal if they\n"
        "are damaged; a damaged index is kept beside it under another name. docs/check.md\n"
        "\n"
        "Exit code: 0 whole, 4 damaged, 5 I/O error, 6 to be repaired but somebody\n"
        "writes, 7 written by a newer version.",
    .needs = RT_NEEDS_STORE_PATH,
    .options = options,
    .run = run,
};
