#include "engine/prepare.h"

#include "base/alloc.h"
#include "base/escape.h"
#include "base/fs.h"
#include "engine/about.h"
#include "engine/accept.h"
#include "engine/fit.h"
#include "engine/inputs.h"
#include "engine/kept_inputs.h"
#include "engine/leave_out.h"
#include "engine/path.h"
#include "engine/recorded_code.h"
#include "engine/request.h"
#include "engine/retry.h"
#include "engine/secrets.h"
#include "engine/same_study.h"
#include "engine/skip.h"
#include "engine/wire.h"
#include "store/code.h"
#include "store/named_study.h"

#include <stdlib.h>
#include <string.h>

#define CHANGES_SHOWN 600 /* bytes of the list of changed files */

/* All that is known before the store has been told of anything. */
struct intent {
    struct rt_study_file file;
    struct rt_hash code;
    struct rt_json *code_record;
    struct rt_plan *plan; /* what is to be completed */
    bool recorded;        /* it is the study's current plan as it stands */
    uint32_t study;       /* 0: new */
};

static void clear_intent(struct intent *intent)
{
    rt_study_file_clear(&intent->file);
    rt_json_free(intent->code_record);
    rt_plan_free(intent->plan);
}

/* The plan's root starts with the first code root, which the snapshot may have named otherwise. */
static void rename_root(struct rt_json *plan, const struct rt_json *code_record)
{
    const struct rt_json *first = rt_json_at(rt_json_get(code_record, "roots"), 0);
    const char *below = strchr(rt_json_get_text(plan, "root", ""), '/');
    char *path = rt_printf("%s%s", rt_json_get_text(first, "name", "."), below ? below : "");

    rt_json_set_text(plan, "root", path);
    free(path);
}

/* The file that trials start with: code whatever git ignores, or a library that was built anew
 * would go unnoticed. NULL for programs that are no file of the study. */
static char *entry_path(const struct rt_study_file *file)
{
    const struct rt_json *entry = rt_json_get(file->plan, "entry");
    const char *below = strchr(rt_json_get_text(file->plan, "root", ""), '/');
    const char *name = rt_json_string(rt_json_at(rt_json_get(entry, "argv"), 0));
    char *folder = rt_printf("%s%s", file->roots[0], below ? below : "");
    char *path = NULL;

    if (!name)
        name = rt_json_get_text(entry, "file", "");
    else if (!strchr(name, '/'))
        name = "";
    if (name[0])
        path = rt_path_resolve(folder, name);
    free(folder);
    return path;
}

static int snapshot(struct rt_store *store, struct intent *intent, struct rt_err *err)
{
    char *entry = entry_path(&intent->file);
    char *repository = rt_fs_join(rt_store_path(store), "code.git");
    struct rt_leave_out leave_out;
    struct rt_code_request request = {.repository = repository,
                                      .roots = (const char *const *)intent->file.roots,
                                      .count = intent->file.root_count,
                                      .keep = (const char *const *)&entry,
                                      .keep_count = entry ? 1 : 0};
    char hex[RT_HASH_HEX];
    int rc;

    rt_leave_out_find(&leave_out, &intent->file);
    request.leave_out = (const char *const *)leave_out.paths;
    request.leave_out_count = leave_out.count;
    request.ignore = leave_out.patterns;
    request.ignore_count = leave_out.pattern_count;
    rc = rt_code_snapshot(&request, &intent->code, &intent->code_record, err);
    rt_leave_out_clear(&leave_out);
    free(repository);
    free(entry);
    if (rc < 0)
        return rc;
    rt_json_set_text(intent->file.plan, "code", rt_hash_hex(&intent->code, hex));
    rename_root(intent->file.plan, intent->code_record);
    return 0;
}

/* A driver may propose more, though nothing is left of what it has. */
static bool is_over(const struct rt_study *study)
{
    return rt_study_unfinished(study) == 0 && (!rt_plan_driven(study->plan) || study->finished);
}

/* Nothing hangs on code or inputs that no trial has started with: an import that failed, say. */
static bool begun(const struct rt_study *study)
{
    bool any = false;

    for (uint64_t i = 0; !any && study->attempts && i < study->planned; i++)
        any = rt_state_trial(study, rt_study_ordinal(study, i)).attempts > 0;
    return any;
}

static const char *plan_code(const struct rt_plan *plan)
{
    return rt_json_get_text(rt_plan_json(plan), "code", "");
}

/* How many bytes the lines have that fit into a limit. */
static size_t whole_lines(const struct rt_buf *text, size_t limit)
{
    const char *end;

    if (text->size <= limit)
        return text->size;
    end = memrchr(text->data, '\n', limit);
    return end ? (size_t)(end - (const char *)text->data) + 1 : 0;
}

/* "3 of 220 trials of "noise" are not done yet"; a driver may want more than it has asked for. */
static char *what_is_left(const struct rt_study *study)
{
    uint64_t left = rt_study_unfinished(study);

    if (left == 0)
        return rt_printf("the driver of \"%s\" has not finished yet", study->name);
    return rt_printf("%llu of %llu trials of \"%s\" are not done yet", (unsigned long long)left,
                     (unsigned long long)study->planned, study->name);
}

static int refuse_changed_code(struct rt_store *store, const struct rt_study *study,
                               const struct intent *intent, struct rt_err *err)
{
    char *repository = rt_fs_join(rt_store_path(store), "code.git");
    struct rt_buf changes = RT_BUF_INIT;
    char *left = what_is_left(study);
    struct rt_hash before;
    size_t shown;

    if (rt_hash_from_hex(&before, plan_code(study->plan)) < 0 ||
        rt_code_diff(repository, &before, &intent->code, &changes, NULL) < 0)
        rt_buf_add(&changes, "(what changed cannot be shown)\n");
    shown = whole_lines(&changes, CHANGES_SHOWN);
    rt_err_set(err, RT_ECONFLICT,
               "the code has changed, and %s:\n%.*s%s"
               "to go on with the code as it was recorded, add:  --code recorded\n"
               "to start anew with the code as it is now, add:   --code current",
               left, (int)shown, rt_buf_text(&changes),
               shown < changes.size ? "... and more\n" : "");
    free(left);
    rt_buf_clear(&changes);
    free(repository);
    return RT_ECONFLICT;
}

/* No copy of an input is kept, so that nobody can go on with what it was. */
static int refuse_changed_input(const struct rt_study *study, const char *path, struct rt_err *err)
{
    char *left = what_is_left(study);

    rt_err_set(err, RT_ECONFLICT,
               "the input \"%s\" has changed, and %s; put back what it was,\n"
               "or start anew with what it is now; to do that, add:  --code current",
               path, left);
    free(left);
    return RT_ECONFLICT;
}

/* What a study asks for by itself must not change under it unnoticed. */
static int weigh_inputs(const struct rt_run_options *options, const struct rt_study *study,
                        const struct rt_json *plan, struct rt_err *err)
{
    const char *path = study ? rt_inputs_changed(rt_plan_json(study->plan), plan) : NULL;
    char *text;

    if (!path)
        return 0;
    if (options->code != RT_CODE_CURRENT && rt_study_unfinished(study))
        return refuse_changed_input(study, path, err);
    if (options->notice) {
        text =
            rt_printf("the input \"%s\" has changed since this study ran; what did not run with it "
                      "as it is now runs again, and the earlier results are kept",
                      path);
        options->notice(options->context, text);
        free(text);
    }
    return 0;
}

/* What is in a plan is recorded as it is. */
static void warn_of_secrets(const struct rt_run_options *options, const struct rt_json *plan)
{
    char *name = options->notice ? rt_secrets_find(plan) : NULL;
    char *shown = name ? rt_escaped(name) : NULL;
    char *text;

    if (!name)
        return;
    text =
        rt_printf("\"%s\" looks like a secret, and params and commands of a study are recorded as "
                  "they are; give secrets to trials by environment variables or files",
                  shown);
    options->notice(options->context, text);
    free(text);
    free(shown);
    free(name);
}

/* The current plan, unless the file and the code now say something else. */
static int weigh(const struct rt_run_options *options, struct rt_store *store,
                 const struct rt_study *study, struct intent *intent, struct rt_err *err)
{
    struct rt_json *plan = intent->file.plan;
    char now[RT_HASH_HEX];
    bool ran = study && study->plan && begun(study);
    bool differs = study && study->plan &&
                   strcmp(plan_code(study->plan), rt_hash_hex(&intent->code, now)) != 0;
    bool changed = differs && ran;
    int rc;

    if (ran && options->code == RT_CODE_ASK && !rt_json_equal(plan, rt_plan_json(study->plan)) &&
        (rc = rt_same_study(store, study, &intent->file, options->words != NULL, err)) < 0)
        return rc;
    if (differs && options->code == RT_CODE_RECORDED) {
        const struct rt_json *before = rt_plan_json(study->plan);

        rt_json_set(plan, "code", rt_json_copy(rt_json_get(before, "code")));
        rt_json_set(plan, "root", rt_json_copy(rt_json_get(before, "root")));
        changed = false;
    }
    if (changed && options->code == RT_CODE_ASK && !is_over(study))
        return refuse_changed_code(store, study, intent, err);
    if (changed && options->notice)
        options->notice(options->context, "the code has changed since this study ran; all of it "
                                          "runs again, and the earlier results are kept");
    if ((rc = weigh_inputs(options, ran ? study : NULL, plan, err)) < 0)
        return rc;
    intent->recorded = study && study->plan && rt_json_equal(plan, rt_plan_json(study->plan));
    if (!intent->recorded)
        warn_of_secrets(options, plan);
    return rt_plan_new(plan, &intent->plan, err);
}

static int from_file(const struct rt_run_options *options, struct rt_store *store,
                     struct intent *intent, struct rt_err *err)
{
    const struct rt_study *study;
    int rc = rt_inputs_read(intent->file.plan, intent->file.folder, err);

    if (rc < 0 || (rc = snapshot(store, intent, err)) < 0)
        return rc;
    study = rt_state_study_by_name(rt_store_state(store),
                                   rt_json_get_text(intent->file.plan, "name", ""));
    intent->study = study ? study->number : 0;
    return weigh(options, store, study, intent, err);
}

/* The study to be completed as recorded: one that is named, or that was just derived. */
static int find_recorded(const struct rt_run_options *options, struct rt_store *store,
                         const struct rt_study **study, struct rt_err *err)
{
    uint32_t number = 0;
    int rc;

    if (!options->derive)
        return rt_named_study(rt_store_state(store), options->study_name, study, err);
    if ((rc = options->derive(options->hook_context, store, &number, err)) < 0)
        return rc;
    *study = rt_state_study(rt_store_state(store), number);
    return *study ? 0 : rt_err_set(err, RT_EINTERNAL, "there is no study number %u", number);
}

static int from_record(const struct rt_run_options *options, struct rt_store *store,
                       struct intent *intent, struct rt_err *err)
{
    const struct rt_study *study;
    int rc = find_recorded(options, store, &study, err);

    if (rc < 0)
        return rc;
    if (!study->plan)
        return rt_err_set(err, RT_ENOTFOUND, "study \"%s\" has no plan yet; run its file",
                          study->name);
    intent->study = study->number;
    intent->recorded = true;
    if ((rc = rt_study_unfinished(study) || options->retry ? rt_kept_inputs_check(store, study, err)
                                                           : 0) < 0)
        return rc;
    return rt_plan_new(rt_plan_json(study->plan), &intent->plan, err);
}

/* Records study, code and plan as far as they are new. */
static int append_plan(struct rt_store *store, struct intent *intent, struct rt_err *err)
{
    const struct rt_accept accept = {.plan = intent->plan,
                                     .code_record = intent->code_record,
                                     .source = intent->file.text,
                                     .source_path = intent->file.path};
    int rc;

    if (intent->recorded)
        return 0;
    if (intent->study == 0 &&
        (rc = rt_accept_study(store, rt_plan_name(intent->plan), &intent->study, err)) < 0)
        return rc;
    return rt_accept_plan(store, intent->study, &accept, err);
}

/* Another plan of a study that has had one: what becomes of its trials. */
static void tell_revision(const struct rt_run_options *options, const struct rt_study *study,
                          uint64_t ordinals_before)
{
    uint64_t fresh = study->ordinals - ordinals_before;
    uint64_t retired = study->ordinals - study->planned;
    char *text = rt_printf("plan revision %u of \"%s\": %llu trial%s, %llu new; %llu of earlier "
                           "revisions retired, kept in \"%s.attempts\"",
                           study->revision, study->name, (unsigned long long)study->planned,
                           study->planned == 1 ? "" : "s", (unsigned long long)fresh,
                           (unsigned long long)retired, study->name);

    if (!retired)
        *strchr(text, ';') = '\0';
    if (options->notice)
        options->notice(options->context, text);
    free(text);
}

static int append_launch(const struct rt_run_options *options, struct rt_prepared *out,
                         struct rt_err *err)
{
    struct rt_json *body = rt_about_launch(options->argc, options->argv);
    int rc;

    out->launch = (uint32_t)rt_state_launches(rt_store_state(out->store)) + 1;
    rt_json_set_int(body, "launch", out->launch);
    rt_json_set_int(body, "study", out->study);
    rt_json_set_text(body, "comm", options->comm->name);
    rt_json_set_text(body, "comm_version", options->comm->version);
    if (options->restarted) {
        rt_json_set(body, "restarted", rt_json_new_bool(true));
        if (options->comm->size > 1)
            rt_json_set_text(body, "suspects", "all");
    }
    rt_json_set_int(body, "ranks", options->comm->size);
    rc = rt_accept_json(out->store, RT_EVENT_LAUNCH, body, err);
    rt_json_free(body);
    return rc;
}

static int put_study_message(struct rt_prepared *out, struct intent *intent, struct rt_err *err)
{
    const struct rt_study *study = rt_state_study(rt_store_state(out->store), out->study);
    const char *hex = plan_code(study->plan);
    char *repository = rt_fs_join(rt_store_path(out->store), "code.git");
    char *plan = rt_json_text(rt_plan_json(study->plan));
    struct rt_buf bundle = RT_BUF_INIT;
    struct rt_wire wire = {.kind = RT_WIRE_STUDY};
    struct rt_json *record = NULL;
    int rc = 0;

    if (rt_hash_from_hex(&wire.study.code, hex) < 0)
        rc = rt_err_set(err, RT_EDAMAGED, "the plan of \"%s\" names no code state", study->name);
    else if (intent->code_record && rt_hash_equal(&wire.study.code, &intent->code))
        record = rt_json_keep(intent->code_record);
    else
        rc = rt_recorded_code(out->store, hex, &record, err);
    if (rc == 0)
        rc = rt_code_bundle(repository, &wire.study.code, record, &bundle, err);
    if (rc == 0)
        rc = rt_kept_inputs_place(out->store, rt_plan_json(study->plan), record, &bundle, err);
    if (rc == 0) {
        wire.study.launch = out->launch;
        wire.study.study = out->study;
        wire.study.id = rt_span_text(study->id);
        wire.study.plan = rt_span_text(plan);
        wire.study.bundle = rt_buf_span(&bundle);
        rt_wire_put(&out->study_message, &wire);
    }
    rt_json_free(record);
    rt_buf_clear(&bundle);
    free(plan);
    free(repository);
    return rc;
}

static void note_plan(struct rt_prepared *out)
{
    const struct rt_study *study = rt_state_study(rt_store_state(out->store), out->study);
    const struct rt_json *plan = rt_plan_json(study->plan);
    const struct rt_json *objective = rt_json_get(plan, "objective");
    const char *metric = rt_json_get_text(objective, "metric", NULL);

    out->metric = metric ? rt_strdup(metric) : NULL;
    out->maximize = strcmp(rt_json_get_text(objective, "goal", ""), "maximize") == 0;
    out->asks_gpus = rt_fit_asks_gpus(plan);
}

/* A driver runs beside its study file. */
static int note_folder(struct rt_prepared *out, const struct intent *intent, struct rt_err *err)
{
    const struct rt_study *study = rt_state_study(rt_store_state(out->store), out->study);
    char *path = NULL;
    int rc = 0;

    if (!rt_plan_driven(study->plan))
        return 0;
    if (intent->file.folder) {
        out->folder = rt_strdup(intent->file.folder);
        return 0;
    }
    rc = rt_same_study_source(out->store, study, &path, err);
    out->folder = rt_fs_parent(path ? path : "./.");
    free(path);
    return rc;
}

static int record(const struct rt_run_options *options, struct rt_prepared *out,
                  struct intent *intent, struct rt_err *err)
{
    const struct rt_study *study;
    uint64_t ordinals;
    int rc;

    /* The plan goes first: what it reads of the state is older than the launch. */
    study = rt_state_study(rt_store_state(out->store), intent->study);
    ordinals = study ? study->ordinals : 0;
    if ((rc = append_plan(out->store, intent, err)) < 0)
        return rc;
    out->study = intent->study;
    note_plan(out);
    study = rt_state_study(rt_store_state(out->store), out->study);
    out->revised = !intent->recorded && study->revision > 1;
    if (out->revised)
        tell_revision(options, study, ordinals);
    if ((rc = note_folder(out, intent, err)) < 0)
        return rc;
    if ((!is_over(study) || rt_retry_count(study, options->retry) != 0) &&
        ((rc = append_launch(options, out, err)) < 0 ||
         (rc = rt_skip_cannot(out->store, out->launch, out->study, err)) < 0 ||
         (rc = put_study_message(out, intent, err)) < 0))
        return rc;
    return rt_store_commit(out->store, err);
}

int rt_prepare(const struct rt_run_options *options, struct rt_prepared *out, struct rt_err *err)
{
    bool given = options->study_path || options->words;
    char *path = rt_request_store_path(options);
    struct intent intent = {0};
    int rc = 0;

    memset(out, 0, sizeof *out);
    if (!path)
        return rt_err_set(err, RT_ENOTFOUND, "there is no store here; name one with --store");
    /* First of all: a study file that is wrong makes no store. */
    if (given)
        rc = rt_request_read(options, &intent.file, err);
    if (rc == 0)
        rc = rt_homing_open(options, path, given, &out->homing, &out->store, err);
    if (rc == 0)
        rc = given ? from_file(options, out->store, &intent, err)
                   : from_record(options, out->store, &intent, err);
    if (rc == 0)
        rc = record(options, out, &intent, err);
    if (rc == 0)
        rc = rt_homing_start(&out->homing, out->store, err);
    clear_intent(&intent);
    free(path);
    return rc;
}

void rt_prepared_clear(struct rt_prepared *prepared)
{
    rt_buf_clear(&prepared->study_message);
    free(prepared->metric);
    free(prepared->folder);
    prepared->metric = prepared->folder = NULL;
}
