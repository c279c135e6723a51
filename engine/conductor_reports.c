/* What running trials report, and what they are told. Reports are recorded before they are judged,
 * and decisions before trials hear of them. */
#include "engine/conductor_own.h"

#include "base/json.h"
#include "store/report.h"

#include <inttypes.h>
#include <stdlib.h>

/* A batch of reports in the making: those that are recorded, and what follows from them. */
struct batch {
    struct rt_buf rows;
    uint64_t count;
    struct rt_json *decisions; /* NULL: none so far */
    struct rt_buf told;        /* of an ANSWER */
};

static struct rt_json *new_decision(uint64_t ordinal, uint32_t attempt, const char *by)
{
    struct rt_json *decision = rt_json_new_object();

    rt_json_set_int(decision, "ordinal", (int64_t)ordinal);
    rt_json_set_int(decision, "attempt", attempt);
    rt_json_set_text(decision, "by", by);
    return decision;
}

/* {"stop": reason} or {"params": {..}}, as trials are told. */
static void put_told(struct rt_buf *told, uint64_t ordinal, uint32_t attempt, const char *stop,
                     const struct rt_json *params)
{
    struct rt_json *text = rt_json_new_object();
    struct rt_buf bytes = RT_BUF_INIT;

    if (stop)
        rt_json_set_text(text, "stop", stop);
    if (params)
        rt_json_set(text, "params", rt_json_copy(params));
    rt_json_canonical(text, &bytes);
    rt_wire_put_told(told, &(struct rt_wire_told){ordinal, attempt, rt_buf_span(&bytes)});
    rt_buf_clear(&bytes);
    rt_json_free(text);
}

static void decide(const struct rt_report *report, const struct rt_ruling *verdict,
                   struct batch *batch)
{
    struct rt_json *decision = new_decision(report->ordinal, report->attempt, verdict->rule);

    rt_json_set_int(decision, "step", report->step);
    rt_json_set_text(decision, "stop", verdict->text);
    if (!batch->decisions)
        batch->decisions = rt_json_new_array();
    rt_json_append(batch->decisions, decision);
    put_told(&batch->told, report->ordinal, report->attempt, verdict->text, NULL);
}

/* One that is late, or of a trial that is not the sender's, is passed over. */
static void take_report(struct rt_conductor *conductor, int rank, const struct rt_report *report,
                        struct batch *batch)
{
    const struct rt_study *of = rt_conductor_study(conductor);
    struct rt_ruling verdict;

    if (report->study != of->number || report->ordinal > of->ordinals ||
        !rt_state_holds(conductor->state, (uint32_t)rank, report->study, report->ordinal,
                        report->attempt))
        return;
    rt_report_put(&batch->rows, report);
    batch->count++;
    if (!conductor->options.pruning)
        return;
    rt_pruning_report(conductor->options.pruning, report, &verdict);
    if (verdict.stop)
        decide(report, &verdict, batch);
}

static int take_rows(struct rt_conductor *conductor, int rank, struct rt_span rows,
                     struct batch *batch, struct rt_err *err)
{
    struct rt_reports_reader reader;
    struct rt_report report;
    int rc;

    if ((rc = rt_reports_open(&reader, rows, err)) < 0)
        return rc;
    while ((rc = rt_reports_next(&reader, &report, err)) > 0)
        take_report(conductor, rank, &report, batch);
    return rc;
}

/* Takes the decisions. */
static void append_decisions(struct rt_conductor *conductor, int rank, struct rt_json *decisions,
                             struct rt_note **note)
{
    struct rt_json *body = rt_json_new_object();

    rt_json_set_int(body, "study", rt_conductor_study(conductor)->number);
    rt_json_set(body, "decisions", decisions);
    rt_json_canonical(body,
                      rt_conductor_append(conductor, RT_EVENT_DECISIONS, RT_NOTE_SAY, rank, note));
    rt_json_free(body);
}

/* Nothing of a batch is recorded: its answer follows those of the batches before. */
static void answer_nothing(struct rt_conductor *conductor, int rank, const struct rt_wire *wire)
{
    if (rt_outbox_empty(&conductor->outbox))
        rt_conductor_send(conductor, rank, wire);
    else
        rt_wire_put(&rt_outbox_put_behind(&conductor->outbox, RT_NOTE_SAY, rank)->message, wire);
}

/* The answer goes out with the last event of the batch. */
static void finish(struct rt_conductor *conductor, int rank, uint64_t number, struct batch *batch)
{
    struct rt_wire wire = {.kind = RT_WIRE_ANSWER,
                           .answer = {.number = number, .told = rt_buf_span(&batch->told)}};
    struct rt_note *note;
    struct rt_buf *body;

    if (batch->count == 0) {
        answer_nothing(conductor, rank, &wire);
        return;
    }
    body = rt_conductor_append(conductor, RT_EVENT_REPORTS,
                               batch->decisions ? RT_NOTE_NOTHING : RT_NOTE_SAY, rank, &note);
    rt_buf_put_varint(body, batch->count);
    rt_buf_put(body, batch->rows.data, batch->rows.size);
    if (batch->decisions)
        append_decisions(conductor, rank, batch->decisions, &note);
    rt_wire_put(&note->message, &wire);
}

void rt_conductor_take_reports(struct rt_conductor *conductor, int rank,
                               const struct rt_wire_reports *reports)
{
    struct rt_member *member = &conductor->roster.members[rank];
    struct batch batch = {.count = 0};
    struct rt_err err;

    if (reports->number <= member->reports_seen)
        return;
    if (take_rows(conductor, rank, reports->rows, &batch, &err) < 0) {
        rt_json_free(batch.decisions);
        rt_conductor_bar(conductor, rank, &err);
    } else {
        member->reports_seen = reports->number;
        finish(conductor, rank, reports->number, &batch);
    }
    rt_buf_clear(&batch.rows);
    rt_buf_clear(&batch.told);
}

/* The rank that has a trial, or -1. */
static int holder_of(const struct rt_conductor *conductor, uint64_t ordinal, uint32_t *attempt)
{
    const struct rt_study *of = rt_conductor_study(conductor);

    *attempt = ordinal && ordinal <= of->ordinals ? rt_state_trial(of, ordinal).attempts : 0;
    for (size_t rank = 0; *attempt && rank < conductor->roster.count; rank++) {
        if (rt_state_holds(conductor->state, (uint32_t)rank, of->number, ordinal, *attempt))
            return (int)rank;
    }
    return -1;
}

void rt_conductor_tell(struct rt_conductor *conductor, const struct rt_tell *tell)
{
    uint32_t attempt;
    int rank = holder_of(conductor, tell->ordinal, &attempt);
    struct rt_wire wire = {.kind = RT_WIRE_ANSWER};
    struct rt_json *decision;
    struct rt_json *decisions;
    struct rt_note *note;
    struct rt_buf told = RT_BUF_INIT;

    if (rank < 0 || conductor->phase > PHASE_STOPPING)
        return;
    decision = new_decision(tell->ordinal, attempt, tell->by);
    if (tell->stop)
        rt_json_set_text(decision, "stop", tell->stop);
    if (tell->params)
        rt_json_set(decision, "params", rt_json_copy(tell->params));
    decisions = rt_json_new_array();
    rt_json_append(decisions, decision);
    append_decisions(conductor, rank, decisions, &note);
    put_told(&told, tell->ordinal, attempt, tell->stop, tell->params);
    wire.answer.told = rt_buf_span(&told);
    rt_wire_put(&note->message, &wire);
    rt_buf_clear(&told);
}

static struct rt_json *new_kept(const struct rt_conductor *conductor,
                                const struct rt_wire_piece *piece)
{
    struct rt_json *body = rt_json_new_object();
    char hex[RT_HASH_HEX];

    rt_json_set_int(body, "study", rt_conductor_study(conductor)->number);
    rt_json_set_int(body, "ordinal", (int64_t)piece->ordinal);
    rt_json_set_int(body, "attempt", piece->attempt);
    rt_json_set_text(body, "sha256", rt_hash_hex(&piece->hash, hex));
    return body;
}

/* Also once its attempt has ended, if no other has begun: that one may go on from it. While it has
 * not, nobody else than who has it speaks for it. */
static bool is_current(const struct rt_conductor *conductor, int rank,
                       const struct rt_wire_piece *piece)
{
    uint32_t attempt;
    int holder = holder_of(conductor, piece->ordinal, &attempt);

    return conductor->phase <= PHASE_STOPPING && attempt && attempt == piece->attempt &&
           (holder == rank || holder < 0);
}

void rt_conductor_kept(struct rt_conductor *conductor, int rank, const struct rt_wire_piece *piece)
{
    struct rt_wire wire = {
        .kind = RT_WIRE_MORE,
        .piece = {.ordinal = piece->ordinal, .attempt = piece->attempt, .offset = RT_WIRE_KEPT}};
    struct rt_note *note;
    struct rt_json *body;

    if (!is_current(conductor, rank, piece)) {
        rt_conductor_send(conductor, rank, &wire);
        return;
    }
    body = new_kept(conductor, piece);
    rt_json_set(body, "step",
                piece->step ? rt_json_new_int((int64_t)piece->step - 1) : rt_json_new_null());
    rt_json_set_int(body, "bytes", (int64_t)piece->size);
    rt_json_set(body, "folder", rt_json_new_bool(piece->folder));
    rt_json_set(body, "name", rt_json_new_string_span(piece->name));
    rt_json_canonical(
        body, rt_conductor_append(conductor, RT_EVENT_CHECKPOINT, RT_NOTE_SAY, rank, &note));
    rt_wire_put(&note->message, &wire);
    rt_json_free(body);
}

void rt_conductor_given(struct rt_conductor *conductor, int rank, const struct rt_wire_piece *piece,
                        uint32_t kept_by)
{
    struct rt_json *body;

    if (!is_current(conductor, rank, piece))
        return;
    body = new_kept(conductor, piece);
    rt_json_set_int(body, "from", kept_by);
    rt_json_canonical(body,
                      rt_conductor_append(conductor, RT_EVENT_RESTORE, RT_NOTE_NOTHING, -1, NULL));
    rt_json_free(body);
}
