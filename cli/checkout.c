/* Takes a trial out of the store, to be run without Retrial. */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "cli/ask.h"
#include "replay/checkout.h"

static int check_out(struct rt_cmd_context *context, char **argv, struct rt_json **notes,
                     struct rt_err *err)
{
    const struct rt_study *study;
    struct rt_db *db = NULL;
    uint64_t ordinal;
    int rc;

    if ((rc = rt_ask_trial(context, argv[0], &study, &ordinal, &db, err)) < 0)
        return rc;
    rc = rt_checkout(context->store, db, study, ordinal, argv[1], notes, err);
    rt_db_close(db);
    return rc;
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_json *notes = NULL;
    char *folder;
    int rc;

    (void)argc;
    if (!argv[1][0])
        return rt_err_set(err, RT_EUSAGE, "the name of the folder is empty");
    rc = check_out(context, argv, &notes, err);
    for (size_t i = 0; notes && i < rt_json_count(notes); i++) {
        char *text = rt_escaped(rt_json_string(rt_json_at(notes, i)));

        fprintf(stderr, "%s\n", text);
        free(text);
    }
    if (rc == 0) {
        folder = rt_escaped(argv[1]);
        fprintf(stderr, "%s/run.sh runs it\n", folder);
        free(folder);
    }
    rt_json_free(notes);
    return rc;
}

const struct rt_cmd rt_cmd_checkout = {
    .name = "checkout",
    .summary = "Write a trial to a folder, from which it runs without Retrial",
    .usage = "TRIAL FOLDER",
    .description = "FOLDER, which must not be there yet or be empty, gets the recorded code, the\n"
                   "params, the inputs, the record, and run.sh, which runs that one trial and\n"
                   "prints its result. Inputs are copied if they are what they were, or if the\n"
                   "store keeps them; if not, all else is written, and the exit code is 3.",
    .args_min = 2,
    .args_max = 2,
    .needs = RT_NEEDS_STORE_PATH,
    .run = run,
};
