/* Copies the store, as it is now, to another folder. */
#include "cli/cmd.h"

#include "base/escape.h"
#include "store/export.h"

#include <stdio.h>
#include <stdlib.h>

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    unsigned long long events = rt_store_durable(context->store);
    char *folder;
    int rc;

    (void)argc;
    if ((rc = rt_export(context->store, argv[0], err)) < 0)
        return rc == RT_EUSAGE ? rc : rt_err_while(err, "exporting to \"%s\"", argv[0]);
    folder = rt_escaped(argv[0]);
    fprintf(stderr, "%llu events, with all that they name, are in \"%s\"; --store %s reads them\n",
            events, folder, folder);
    free(folder);
    return 0;
}

const struct rt_cmd rt_cmd_export = {
    .name = "export",
    .summary = "Copy the store, as it is now, to another folder",
    .usage = "FOLDER",
    .description =
        "Studies may run meanwhile: the copy holds all that was recorded when it began,\n"
        "with its code and its outputs. It is a store like any other, on a local disk.\n"
        "FOLDER must not be there yet, or be empty; it appears when it is whole.",
    .args_min = 1,
    .args_max = 1,
    .needs = RT_NEEDS_STORE,
    .run = run,
};
