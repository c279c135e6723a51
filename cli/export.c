/* Copies the store, as it is now, to another folder. */
#include "cli/ask.h"

#include "base/escape.h"
#include "query/input_list.h"
#include "store/export.h"
#include "store/named_study.h"

#include <stdio.h>
#include <stdlib.h>

static int with_inputs;

static const struct poptOption options[] = {
    {"with-inputs", 0, POPT_ARG_NONE, &with_inputs, 0,
     "Take along what is in the inputs of STUDY, or of all studies", NULL},
    POPT_TABLEEND,
};

static void append_all(struct rt_json *list, struct rt_json *more)
{
    for (size_t i = 0; more && i < rt_json_count(more); i++)
        rt_json_append(list, rt_json_copy(rt_json_at(more, i)));
    rt_json_free(more);
}

/* The index, which must be level for it, is asked for inputs alone. */
static int open_store(struct rt_cmd_context *context, struct rt_err *err)
{
    const char *path;
    int rc;

    if (with_inputs)
        return rt_ask_open(context, err);
    rc = rt_cmd_store_path(context, &path, err);
    return rc < 0 ? rc : rt_store_open(path, RT_STORE_READ, &context->store, err);
}

/* The inputs of the study, or of all. */
static int find_inputs(struct rt_cmd_context *context, const char *name, struct rt_json *inputs,
                       struct rt_err *err)
{
    const struct rt_state *state = rt_store_state(context->store);
    const struct rt_study *study = NULL;
    struct rt_json *list = NULL;
    struct rt_db *db = NULL;
    int rc;

    if ((name && (rc = rt_named_study(state, name, &study, err)) < 0) ||
        (rc = rt_ask_index(context, &db, err)) < 0)
        return rc;
    for (uint32_t number = 1; rc == 0 && number <= rt_state_studies(state); number++) {
        if (study && study->number != number)
            continue;
        rc = rt_input_list(db, rt_state_study(state, number), &list, err);
        append_all(inputs, list);
    }
    rt_db_close(db);
    return rc;
}

static void say_result(const struct rt_json *inputs, const struct rt_json *missing,
                       unsigned long long events, const char *name)
{
    char *folder = rt_escaped(name);
    size_t gone = rt_json_count(missing);

    for (size_t i = 0; i < gone; i++) {
        char *text = rt_escaped(rt_json_string(rt_json_at(missing, i)));

        fprintf(stderr, "an input is not in the copy: %s\n", text);
        free(text);
    }
    fprintf(stderr, "%llu events, with all that they name", events);
    if (with_inputs)
        fprintf(stderr, " and %zu of %zu inputs", rt_json_count(inputs) - gone,
                rt_json_count(inputs));
    fprintf(stderr, ", are in \"%s\"; --store %s reads them\n", folder, folder);
    free(folder);
}

static int run(struct rt_cmd_context *context, int argc, char **argv, struct rt_err *err)
{
    struct rt_json *inputs = rt_json_new_array();
    struct rt_json *missing = rt_json_new_array();
    const char *folder = argv[argc - 1];
    unsigned long long events;
    int rc = 0;

    if (argc == 2 && !with_inputs)
        rc = rt_err_set(err, RT_EUSAGE,
                        "a copy holds all studies of the store; STUDY says whose inputs go with "
                        "it: add --with-inputs, or leave \"%s\" out",
                        argv[0]);
    if (rc == 0 && (rc = open_store(context, err)) == 0 && with_inputs)
        rc = find_inputs(context, argc == 2 ? argv[0] : NULL, inputs, err);
    if (rc == 0) {
        events = rt_store_durable(context->store);
        rc = rt_export_with(context->store, folder, inputs, missing, err);
        if (rc == 0)
            say_result(inputs, missing, events, folder);
        else if (rc != RT_EUSAGE)
            rt_err_while(err, "exporting to \"%s\"", folder);
    }
    if (rc == 0 && rt_json_count(missing))
        rc = rt_err_set(err, RT_ECONFLICT,
                        "the copy is whole but for inputs that are not to be had");
    rt_json_free(inputs);
    rt_json_free(missing);
    return rc;
}

const struct rt_cmd rt_cmd_export = {
    .name = "export",
    .summary = "Copy the store, as it is now, to another folder",
    .usage = "[STUDY] FOLDER",
    .description =
        "Studies may run meanwhile: the copy holds all that was recorded when it began,\n"
        "with its code and its outputs. It is a store like any other, on a local disk.\n"
        "FOLDER must not be there yet, or be empty; it appears when it is whole.\n"
        "\n"
        "With --with-inputs the copy keeps what is in the inputs of STUDY, or of all\n"
        "studies, so that their trials can be run again where the originals are not.\n"
        "Inputs that have changed are named, and the exit code is 3.",
    .args_min = 1,
    .args_max = 2,
    .needs = RT_NEEDS_STORE_PATH,
    .options = options,
    .run = run,
};
