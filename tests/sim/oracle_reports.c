/* The oracle's view of reports, decisions and checkpoints. */
#include "tests/sim/oracle.h"

#include "base/alloc.h"
#include "base/json.h"
#include "store/report.h"

#include <stdio.h>
#include <string.h>

typedef unsigned long long number;

struct rt_pruning *oracle_new_pruning(struct oracle *oracle, const struct rt_plan *plan)
{
    struct rt_pruning *pruning;
    struct rt_err err;

    if (rt_pruning_new(rt_json_get(rt_plan_json(plan), "pruning"), &pruning, &err) < 0)
        world_fail(oracle->world, "the rules of the plan are wrong: %s", err.text);
    return pruning;
}

static void expect(struct oracle *oracle, const struct rt_report *report,
                   const struct rt_ruling *verdict)
{
    struct due_decision due = {.ordinal = report->ordinal, .attempt = report->attempt};

    snprintf(due.rule, sizeof due.rule, "%s", verdict->rule);
    oracle->due =
        rt_grow(oracle->due, &oracle->due_capacity, oracle->due_count + 1, sizeof *oracle->due);
    oracle->due[oracle->due_count++] = due;
}

static bool is_planned(const struct rt_study *study, uint64_t ordinal)
{
    return rt_study_index(study, ordinal) != UINT64_MAX;
}

static void feed_reports(struct rt_pruning *pruning, const struct rt_study *study,
                         struct rt_span body, struct oracle *oracle)
{
    struct rt_reports_reader reader;
    struct rt_ruling verdict;
    struct rt_report report;

    rt_reports_open(&reader, body, NULL);
    while (rt_reports_next(&reader, &report, NULL) > 0) {
        if (!is_planned(study, report.ordinal))
            continue;
        rt_pruning_report(pruning, &report, &verdict);
        if (verdict.stop && oracle)
            expect(oracle, &report, &verdict);
    }
}

void oracle_feed_pruning(struct rt_pruning *pruning, const struct rt_study *study,
                         const struct rt_event *event, struct oracle *oracle)
{
    struct rt_attempts_reader reader;
    struct rt_attempt row;

    if (event->kind == RT_EVENT_REPORTS)
        feed_reports(pruning, study, event->body, oracle);
    if (event->kind != RT_EVENT_ATTEMPTS)
        return;
    rt_attempts_open(&reader, event->body, NULL);
    while (rt_attempts_next(&reader, &row, NULL) > 0) {
        if (is_planned(study, row.ordinal))
            rt_pruning_ended(pruning, row.ordinal, row.outcome);
    }
}

uint32_t oracle_kept_by(const struct oracle *oracle, uint64_t ordinal)
{
    const struct known_trial *trial = &oracle->trials[ordinal - 1];
    uint32_t n = trial->count;

    while (n > 0 &&
           (!trial->attempts[n - 1].kept_seq || trial->attempts[n - 1].kept_seq > oracle->durable))
        n--;
    return n;
}

static bool is_open(const struct oracle *oracle, const struct known_attempt *attempt)
{
    return attempt && attempt->end_seq == 0 && attempt->launch == oracle->launch;
}

/* Each once, in order, and of who has the trial. */
static void take_report(struct oracle *oracle, const struct rt_event *event,
                        const struct rt_report *report)
{
    struct known_attempt *attempt = oracle_attempt(oracle, report->ordinal, report->attempt);

    if (!is_open(oracle, attempt)) {
        world_fail(oracle->world, "a report of trial %llu is recorded, which does not run",
                   (number)report->ordinal);
        return;
    }
    if (report->number != attempt->report_count + 1)
        world_fail(oracle->world, "report %llu of trial %llu follows report %zu",
                   (number)report->number, (number)report->ordinal, attempt->report_count);
    attempt->reports = rt_grow(attempt->reports, &attempt->report_capacity,
                               attempt->report_count + 1, sizeof *attempt->reports);
    attempt->reports[attempt->report_count++] = event->seq;
}

static void take_reports(struct oracle *oracle, const struct rt_event *event)
{
    struct rt_reports_reader reader;
    struct rt_report report;
    struct rt_err err;
    int rc;

    if (oracle->due_count)
        world_fail(oracle->world, "%zu decisions are due and were not made", oracle->due_count);
    rc = rt_reports_open(&reader, event->body, &err);
    while (rc >= 0 && (rc = rt_reports_next(&reader, &report, &err)) > 0)
        take_report(oracle, event, &report);
    if (rc < 0)
        world_fail(oracle->world, "%s", err.text);
}

/* The next that is due, if it is one of a rule. */
static void check_due(struct oracle *oracle, const struct rt_json *decision)
{
    const char *by = rt_json_get_text(decision, "by", "");

    if (strcmp(by, "driver") == 0 || !oracle->pruning) /* the past is told again */
        return;
    if (oracle->due_count == 0 || strcmp(oracle->due[0].rule, by) != 0 ||
        (int64_t)oracle->due[0].ordinal != rt_json_get_int(decision, "ordinal", 0) ||
        (int64_t)oracle->due[0].attempt != rt_json_get_int(decision, "attempt", 0)) {
        world_fail(oracle->world, "rule %s decides what was not to be decided now", by);
        return;
    }
    memmove(oracle->due, oracle->due + 1, --oracle->due_count * sizeof *oracle->due);
}

static void take_decisions(struct oracle *oracle, const struct rt_event *event,
                           const struct rt_json *list)
{
    for (size_t i = 0; i < rt_json_count(list); i++) {
        const struct rt_json *decision = rt_json_at(list, i);
        uint64_t ordinal = (uint64_t)rt_json_get_int(decision, "ordinal", 0);
        struct known_attempt *attempt =
            oracle_attempt(oracle, ordinal, (uint32_t)rt_json_get_int(decision, "attempt", 0));

        if (!is_open(oracle, attempt))
            world_fail(oracle->world, "something is decided of a trial that does not run");
        else if (oracle->trials[ordinal - 1].decision_seq == 0)
            oracle->trials[ordinal - 1].decision_seq = event->seq;
        check_due(oracle, decision);
    }
}

static void take_kept(struct oracle *oracle, const struct rt_event *event,
                      const struct rt_json *body)
{
    uint64_t ordinal = (uint64_t)rt_json_get_int(body, "ordinal", 0);
    uint32_t number_of = (uint32_t)rt_json_get_int(body, "attempt", 0);
    struct known_attempt *attempt = oracle_attempt(oracle, ordinal, number_of);
    struct known_attempt *from =
        oracle_attempt(oracle, ordinal, (uint32_t)rt_json_get_int(body, "from", 0));

    if (!attempt || number_of != oracle->trials[ordinal - 1].count)
        world_fail(oracle->world, "trial %llu keeps, or is given, something in attempt %u",
                   (number)ordinal, number_of);
    else if (event->kind == RT_EVENT_CHECKPOINT && attempt->end_seq == 0 && oracle->keeper >= 0 &&
             attempt->rank != (uint32_t)oracle->keeper)
        world_fail(oracle->world, "rank %d keeps something for trial %llu, which is not its own",
                   oracle->keeper, (number)ordinal);
    else if (event->kind == RT_EVENT_CHECKPOINT && attempt->kept_seq == 0)
        attempt->kept_seq = event->seq;
    else if (event->kind == RT_EVENT_RESTORE && (!from || from >= attempt || !from->kept_seq))
        world_fail(oracle->world, "trial %llu is given what no earlier attempt kept",
                   (number)ordinal);
}

void oracle_report(struct oracle *oracle, const struct rt_event *event)
{
    struct rt_json *body = NULL;

    if (event->kind == RT_EVENT_REPORTS)
        take_reports(oracle, event);
    if ((event->kind != RT_EVENT_DECISIONS && event->kind != RT_EVENT_CHECKPOINT &&
         event->kind != RT_EVENT_RESTORE) ||
        rt_json_parse(event->body, &body, NULL) < 0)
        return;
    if (event->kind == RT_EVENT_DECISIONS)
        take_decisions(oracle, event, rt_json_get(body, "decisions"));
    else
        take_kept(oracle, event, body);
    rt_json_free(body);
}

void oracle_reports_handed(struct oracle *oracle, int rank, const struct rt_wire_reports *reports)
{
    struct rt_reports_reader reader;
    struct rt_report row;

    if (rt_reports_open(&reader, reports->rows, NULL) < 0)
        return;
    while (rt_reports_next(&reader, &row, NULL) > 0) {
        const struct known_attempt *attempt = oracle_attempt(oracle, row.ordinal, row.attempt);

        if (row.study != 1 || !is_open(oracle, attempt) || attempt->rank != (uint32_t)rank)
            continue;
        oracle->reports = rt_grow(oracle->reports, &oracle->report_capacity,
                                  oracle->report_count + 1, sizeof *oracle->reports);
        oracle->reports[oracle->report_count++] =
            (struct handed_report){rank, reports->number, row.ordinal, row.attempt, row.number};
    }
}

static void check_answered(struct oracle *oracle, const struct handed_report *report)
{
    const struct known_attempt *attempt = oracle_attempt(oracle, report->ordinal, report->attempt);

    if (!attempt || report->number > attempt->report_count ||
        attempt->reports[report->number - 1] > oracle->durable)
        world_fail(oracle->world, "report %llu of trial %llu is answered, but is not on disk",
                   (number)report->number, (number)report->ordinal);
}

/* Perhaps of what the rank has given back meanwhile. */
static void check_told(struct oracle *oracle, const struct rt_wire_told *told)
{
    uint64_t seq = told->ordinal >= 1 && told->ordinal <= oracle->count
                       ? oracle->trials[told->ordinal - 1].decision_seq
                       : 0;

    if (seq == 0 || seq > oracle->durable)
        world_fail(oracle->world, "trial %llu is told what is not on disk", (number)told->ordinal);
}

void oracle_answered(struct oracle *oracle, int rank, const struct rt_wire_answer *answer)
{
    struct rt_reader reader = rt_reader(answer->told);
    struct rt_wire_told told;
    size_t kept = 0;

    for (size_t i = 0; i < oracle->report_count; i++) {
        if (oracle->reports[i].rank != rank || oracle->reports[i].batch > answer->number)
            oracle->reports[kept++] = oracle->reports[i];
        else
            check_answered(oracle, &oracle->reports[i]);
    }
    oracle->report_count = kept;
    while (rt_wire_next_told(&reader, &told))
        check_told(oracle, &told);
}

/* Whoever keeps something hears so once that is on disk, or if nobody wants it any more. */
void oracle_kept(struct oracle *oracle, int rank, const struct rt_wire_piece *piece)
{
    const struct known_attempt *attempt = oracle_attempt(oracle, piece->ordinal, piece->attempt);

    if (is_open(oracle, attempt) && attempt->rank == (uint32_t)rank &&
        (!attempt->kept_seq || attempt->kept_seq > oracle->durable) && !oracle->ended)
        world_fail(oracle->world, "what trial %llu has kept is not on disk, but is said to be",
                   (number)piece->ordinal);
}
