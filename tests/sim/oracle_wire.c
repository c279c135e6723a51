/* The oracle's view of the messages: what may be said, and when. */
#include "tests/sim/oracle.h"

#include "base/alloc.h"

typedef unsigned long long number;

/* Work leaves once, to who holds the lease, and after that is durable. */
static void check_work(struct oracle *oracle, int rank, uint64_t ordinal, uint64_t index,
                       uint32_t attempt)
{
    struct known_attempt *known = oracle_attempt(oracle, ordinal, attempt);

    if (!known || known->launch != oracle->launch || known->rank != (uint32_t)rank ||
        known->end_seq)
        world_fail(oracle->world,
                   "rank %d is sent attempt %u of trial %llu, which it does not hold", rank,
                   attempt, (number)ordinal);
    else if (known->lease_seq > oracle->durable)
        world_fail(oracle->world,
                   "rank %d is sent attempt %u of trial %llu, but event %llu is not durable", rank,
                   attempt, (number)ordinal, (number)known->lease_seq);
    else if (known->sent)
        world_fail(oracle->world, "rank %d is sent attempt %u of trial %llu twice", rank, attempt,
                   (number)ordinal);
    else if (rt_study_index(rt_state_study(oracle->state, 1), ordinal) != index)
        world_fail(oracle->world, "trial %llu is sent with the wrong index %llu", (number)ordinal,
                   (number)index);
    else
        known->sent = true;
}

static void work_sent(struct oracle *oracle, int rank, const struct rt_wire_work *work)
{
    for (size_t i = 0; i < work->count; i++) {
        for (uint64_t k = 0; k < work->ranges[i].count && !oracle->world->failed; k++)
            check_work(oracle, rank, work->ranges[i].ordinal + k, work->ranges[i].index + k,
                       work->ranges[i].attempt);
    }
}

/* True if this outcome of the attempt is on disk. */
static bool is_safe(struct oracle *oracle, const struct handed_row *row)
{
    const struct known_attempt *known = oracle_attempt(oracle, row->ordinal, row->attempt);

    if (!known)
        return false;
    if (known->end_seq && known->end_seq <= oracle->durable &&
        (known->outcome == row->outcome || known->outcome != RT_OUTCOME_LOST))
        return true;
    return known->late_seq && known->late_seq <= oracle->durable;
}

static void acknowledged(struct oracle *oracle, int rank, uint64_t upto)
{
    size_t kept = 0;

    for (size_t i = 0; i < oracle->handed_count; i++) {
        const struct handed_row *row = &oracle->handed[i];

        if (row->rank != rank || row->number > upto)
            oracle->handed[kept++] = *row;
        else if (!is_safe(oracle, row))
            world_fail(oracle->world,
                       "results %llu of rank %d are acknowledged, but attempt %u of trial %llu is "
                       "not on disk",
                       (number)row->number, rank, row->attempt, (number)row->ordinal);
    }
    oracle->handed_count = kept;
}

void oracle_sent(struct oracle *oracle, int rank, const struct rt_wire *wire)
{
    if (oracle->ended && wire->kind == RT_WIRE_WORK)
        world_fail(oracle->world, "rank %d is sent work after the end of the launch", rank);
    if (wire->kind == RT_WIRE_WORK && (oracle->stale[rank] || oracle->stopped[rank]))
        world_fail(oracle->world, "rank %d is sent work, but %s", rank,
                   oracle->stale[rank] ? "still has what it was given up for" : "was told to stop");
    if (wire->kind == RT_WIRE_STOP)
        oracle->stopped[rank] = true;
    if (wire->kind == RT_WIRE_STOP || wire->kind == RT_WIRE_FORGET)
        oracle->stale[rank] = false;
    if (wire->kind == RT_WIRE_WORK) {
        work_sent(oracle, rank, &wire->work);
        oracle_points_sent(oracle, &wire->work);
    } else if (wire->kind == RT_WIRE_ANSWER)
        oracle_answered(oracle, rank, &wire->answer);
    else if (wire->kind == RT_WIRE_MORE)
        oracle_kept(oracle, rank, &wire->piece);
    else if (wire->kind == RT_WIRE_ACK)
        acknowledged(oracle, rank, wire->ack);
    else if (wire->kind == RT_WIRE_BEAT)
        acknowledged(oracle, rank, wire->beat.acked);
}

void oracle_received(struct oracle *oracle, int rank, const struct rt_wire *wire)
{
    struct rt_attempts_reader reader;
    struct rt_attempt row;

    oracle->keeper = wire->kind == RT_WIRE_KEEP ? rank : -1;
    if (wire->kind == RT_WIRE_REPORTS && !oracle->ended)
        oracle_reports_handed(oracle, rank, &wire->reports);
    if (wire->kind != RT_WIRE_RESULTS || oracle->ended ||
        rt_attempts_open(&reader, wire->results.rows, NULL) < 0)
        return;
    while (rt_attempts_next(&reader, &row, NULL) == 1) {
        const struct known_attempt *known = oracle_attempt(oracle, row.ordinal, row.attempt);

        if (!known || known->rank != (uint32_t)rank || known->launch != oracle->launch ||
            row.study != 1 || row.launch != known->launch || row.rank != known->rank)
            continue;
        oracle->handed = rt_grow(oracle->handed, &oracle->handed_capacity, oracle->handed_count + 1,
                                 sizeof *oracle->handed);
        oracle->handed[oracle->handed_count++] =
            (struct handed_row){rank, wire->results.number, row.ordinal, row.attempt, row.outcome};
    }
}
