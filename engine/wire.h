#ifndef RT_ENGINE_WIRE_H
#define RT_ENGINE_WIRE_H
/*
 * The messages between conductor and agents, and their bytes.
 *
 * Every message starts with magic, version and kind (docs/wire-format.md).
 * What arrives is checked as if a stranger had sent it: both MPIs listen on
 * all interfaces. Spans in a decoded message borrow from its bytes.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/reader.h"
#include "base/span.h"
#include "store/event.h"
#include "store/reads.h"

#define RT_WIRE_VERSION     5
#define RT_WIRE_HEADER_SIZE 8 /* magic, version, kind */

/* Limits that rt_wire_get() holds messages to; whoever puts one keeps within them. */
#define RT_WIRE_ABOUT_MAX  (64u << 10)  /* bytes of HELLO's JSON */
#define RT_WIRE_SLOTS_MAX  65536u       /* workers of an agent */
#define RT_WIRE_ID_MAX     15u          /* bytes of a study's public id */
#define RT_WIRE_PLAN_MAX   (256u << 20) /* bytes of a plan */
#define RT_WIRE_TEXT_MAX   (4u << 20)   /* bytes of READY's text */
#define RT_WIRE_TRIALS_MAX (1u << 20)   /* trials of one WORK */
#define RT_WIRE_PARAMS_MAX (128u << 10) /* bytes of the params of one proposal */

enum rt_wire_kind {
    RT_WIRE_HELLO = 1,    /* agent: here I am */
    RT_WIRE_STUDY = 2,    /* conductor: this is what will be run */
    RT_WIRE_READY = 3,    /* agent: the study's template is up, or why not */
    RT_WIRE_WORK = 4,     /* conductor: run these trials */
    RT_WIRE_RESULTS = 5,  /* agent: these attempts ended */
    RT_WIRE_ACK = 6,      /* conductor: results up to this number are durable */
    RT_WIRE_BEAT = 7,     /* both: I am alive, and how it stands */
    RT_WIRE_STOP = 8,     /* conductor: take no more; finish within the grace, then say BYE */
    RT_WIRE_BYE = 9,      /* agent: nothing is left to hand over */
    RT_WIRE_FORGET = 10,  /* conductor: give back what no worker has started; no body */
    RT_WIRE_RETURN = 11,  /* agent: these trials were not started; body as WORK */
    RT_WIRE_READS = 12,   /* agent: params that trials asked for, before their results */
    RT_WIRE_REPORTS = 20, /* agent: what running trials reported, before their results */
    RT_WIRE_KEEP = 22,    /* agent: a piece of a checkpoint */
    RT_WIRE_MORE = 23,    /* conductor: the next piece, from here on; or it is kept */
    RT_WIRE_WANT = 24,    /* agent: a piece of what an earlier attempt kept, from here on */
    RT_WIRE_PIECE = 25,   /* conductor: here it is; or there is nothing */
    RT_WIRE_ANSWER = 21,  /* conductor: what running trials are to be told */
    RT_WIRE_HEARD = 26,   /* agent: at which calls trials heard it, before their results */
};

struct rt_wire_hello {
    struct rt_span about; /* JSON: host, pid, boot, cores, memory_kib, cpu, python */
    uint32_t slots;       /* workers that fit */
};

struct rt_wire_study {
    uint32_t launch;
    uint32_t study;
    struct rt_span id;   /* public id of the study */
    struct rt_span plan; /* canonical JSON */
    struct rt_hash code;
    struct rt_span bundle; /* see store/code.h */
};

struct rt_wire_ready {
    uint32_t study;
    int32_t code;        /* 0, or a negative enum rt_code */
    struct rt_span text; /* why not; or, if code is 0, what else to record of the agent, as JSON:
                          * slots, devices, python */
};

struct rt_wire_range {
    uint64_t ordinal; /* first */
    uint64_t index;   /* its point in the plan; both count up together */
    uint64_t count;
    uint32_t attempt;
};

/* What a driver proposed, and agents cannot derive. */
struct rt_wire_point {
    uint64_t index;
    uint32_t replicate;
    struct rt_span params; /* canonical JSON, with those that all trials share */
};

struct rt_wire_work {
    uint32_t study;
    struct rt_wire_range *ranges; /* yours after get; rt_wire_clear() frees it */
    size_t count;
    struct rt_wire_point *points; /* of these ranges, if a driver proposes them; likewise */
    size_t point_count;
};

struct rt_wire_results {
    uint64_t number;     /* counts up per agent from 1; acknowledged by ACK */
    struct rt_span rows; /* body of an ATTEMPTS event */
};

struct rt_wire_beat {
    uint64_t number;  /* agent: counts up; conductor: the last one seen of this agent */
    uint32_t running; /* agent: workers that run a trial */
    uint64_t queued;  /* agent: trials that no worker has started */
    uint64_t acked;   /* conductor: results up to this number are durable */
};

struct rt_wire_stop {
    uint64_t grace_us; /* running trials may go on so long; 0: kill them now */
    int32_t code;      /* enum rt_code that the agent's process is to end with */
};

struct rt_wire_reads {
    uint32_t study;
    struct rt_reads reads; /* yours after get: see rt_wire_clear() */
};

struct rt_wire_reports {
    uint64_t number;     /* counts up per agent from 1 */
    struct rt_span rows; /* body of a REPORTS event */
};

/* Reports up to `number` are durable and were judged (0: this is about something else). */
struct rt_wire_answer {
    uint64_t number;
    struct rt_span told; /* what trials are told, one after another: see rt_wire_told() */
};

#define RT_WIRE_NAME_MAX 255u       /* bytes of a file's name */
#define RT_WIRE_KEPT     UINT64_MAX /* where an offset or a size would be */

/* KEEP and PIECE. MORE and WANT have ordinal, attempt and offset alone. */
struct rt_wire_piece {
    uint64_t ordinal;
    uint32_t attempt; /* that keeps it, or wants it */
    uint64_t offset;  /* of the bytes; of MORE, RT_WIRE_KEPT: it is kept, or is not wanted */
    uint64_t size;    /* of all; of PIECE, RT_WIRE_KEPT: there is nothing */
    uint64_t step;    /* of KEEP: the step + 1, or 0 */
    bool folder;
    struct rt_span name;
    struct rt_hash hash; /* of PIECE: of all */
    struct rt_span bytes;
};

struct rt_wire {
    enum rt_wire_kind kind;
    union {
        struct rt_wire_hello hello;
        struct rt_wire_study study;
        struct rt_wire_ready ready;
        struct rt_wire_work work; /* WORK and RETURN */
        struct rt_wire_results results;
        uint64_t ack;
        struct rt_wire_beat beat;
        struct rt_wire_stop stop;
        struct rt_wire_reads reads;
        struct rt_wire_reports reports;
        struct rt_wire_answer answer;
        struct rt_span heard;       /* rows: see engine/hearing.h */
        struct rt_wire_piece piece; /* KEEP, MORE, WANT, PIECE */
    };
};

/* One that a trial is told: {"stop": reason} or {"params": {..}}. next: false at the end, or where
 * it is malformed. */
struct rt_wire_told {
    uint64_t ordinal;
    uint32_t attempt;
    struct rt_span text;
};
void rt_wire_put_told(struct rt_buf *told, const struct rt_wire_told *one);
bool rt_wire_next_told(struct rt_reader *told, struct rt_wire_told *one);

void rt_wire_put(struct rt_buf *message, const struct rt_wire *wire); /* appends */
/* RT_EPEER if the bytes are no message of ours; then nothing is to be cleared. */
int rt_wire_get(struct rt_span message, struct rt_wire *wire, struct rt_err *err);
void rt_wire_clear(struct rt_wire *wire);              /* frees what get allocated */
const char *rt_wire_kind_name(enum rt_wire_kind kind); /* "HELLO", ... */

#endif
