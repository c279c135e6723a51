#ifndef RT_STORE_EVENT_H
#define RT_STORE_EVENT_H
/*
 * Events: the facts that a journal consists of, and their binary form.
 *
 * One event is one record of the journal. Rare events carry canonical JSON;
 * the two hot ones, leases and attempts, carry many rows each in a packed
 * form. Layouts, versions and limits are specified in docs/store-format.md.
 * Everything here is pure: no file is touched, no clock is read.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/reader.h"
#include "base/span.h"

enum rt_event_kind {
    RT_EVENT_STORE = 1,       /* JSON: the store's birth; always number 1 */
    RT_EVENT_LAUNCH = 2,      /* JSON: the engine started */
    RT_EVENT_LAUNCH_END = 3,  /* JSON: it stopped, and why */
    RT_EVENT_STUDY = 4,       /* JSON: a study got its number and id */
    RT_EVENT_PLAN = 5,        /* JSON: a study's plan revision was accepted */
    RT_EVENT_CODE = 6,        /* JSON: a code state was snapshotted */
    RT_EVENT_AGENT = 7,       /* JSON: an agent joined a launch, with its host */
    RT_EVENT_LEASE = 8,       /* binary: trials handed to an agent */
    RT_EVENT_ATTEMPTS = 9,    /* binary: attempts that ended */
    RT_EVENT_RETURN = 10,     /* binary, as LEASE: leased trials that were given back unstarted;
                               * they wait again and the attempt does not count */
    RT_EVENT_READS = 11,      /* JSON: params that a study's model was seen to ask for */
    RT_EVENT_PROPOSE = 12,    /* JSON: trials that a driver proposed */
    RT_EVENT_TELL = 13,       /* JSON: outcomes that it was told */
    RT_EVENT_DRIVER = 14,     /* JSON: what else it asked and was answered; its start and its end */
    RT_EVENT_CANCEL = 15,     /* JSON: trials that it does not want any more */
    RT_EVENT_REPORTS = 16,    /* binary: what running trials reported; see store/report.h */
    RT_EVENT_DECISIONS = 17,  /* JSON: what running trials are told */
    RT_EVENT_CHECKPOINT = 18, /* JSON: a file or folder of a running trial is kept */
    RT_EVENT_RESTORE = 19,    /* JSON: an attempt was given what an earlier one had kept */
    RT_EVENT_VERDICT = 20,    /* JSON: a replay was compared with its originals */
    RT_EVENT_FLOOR = 21,      /* JSON: how much metrics of a study vary by themselves */
};

/* Bodies of the JSON events (members beyond these are kept and ignored):
 *
 * STORE       {"uuid": text, "format": 1, "version": program version}
 * LAUNCH      {"launch": n, "study": number of the study that it completes, "command": [argv],
 * "cwd": text, "host": text, "pid": n, "boot": text, "user": text, "version": text, "comm":
 * "local"|"mpich"|"openmpi", "comm_version": text, "ranks": n, "python": text|null, "env": {..},
 *              "cpu": text, "cores": n, "memory_kib": n, "restarted": true if a supervisor started
 *              it because the one before died, "suspects": "all" if any of several ranks may have
 *              been the first to go}
 * LAUNCH_END  {"launch": n, "reason": "done"|"interrupted"|"error"|"died", "detail": text,
 *              "code": n, the exit code}
 * STUDY       {"study": n, "id": text, "name": text}
 * PLAN        {"study": n, "revision": n, "plan": {see store/plan.h}, "source": study file's text,
 *              "source_path": text, "segments": [[first index, count, first ordinal], ...]}
 * CODE        {"code": hex, "roots": [...]}   see store/code.h
 * AGENT       {"launch": n, "rank": n, "host": text, "pid": n, "cores": n, "slots": n, ...}
 * READS       {"study": n, "revision": n, "keys": [text, ...]}   see store/reads.h; only what is
 * new
 * DECISIONS   {"study": n, "decisions": [{"ordinal": n, "attempt": n, "by": "median", "step": n,
 *              "stop": reason} or {.., "by": "driver", "params": {..}}]}, or, once it was heard,
 *             {"study": n, "heard": [{"ordinal": n, "attempt": n, "number": n, "call": n,
 *              "reports": n, "stop": reason, "params": {..}}]}   see engine/hearing.h
 * CHECKPOINT  {"study": n, "ordinal": n, "attempt": n, "step": n or null, "sha256": hex,
 *              "bytes": n, "folder": true or false, "name": text}
 * RESTORE     {"study": n, "ordinal": n, "attempt": n, "from": attempt that kept it, "sha256": hex}
 * VERDICT     {"study": n, "tolerances": [text, ..], "equivalences": [text, ..],
 *              "runs": [[first ordinal, count, verdict], ..], "reasons": [[ordinal, text], ..],
 *              "differences": [{"metric", "n", "mean", "sd", ..}]}   see replay/verdict.h
 * FLOOR       {"study": n of the replay, "replay": its id, "of": id of a study whose trials it
 *              repeats, "metrics": [{"metric", "floor", "sd", "spread", "trials", "repeats"}]}
 * PROPOSE     {"study": n, "launch": n, "point": first point, "trials": [{"id": integer or text,
 *              "params": {..}, "replicate": n, "tags": {..}, "priority": n}, ..]}
 * TELL        {"study": n, "launch": n, "trials": [ordinal, ..]}   one message
 * DRIVER      {"study": n, "launch": n, "what": "start"|"answer"|"save"|"priority"|"batch"|"stop"|
 *              "reports"|"order"|"report"|"finish"|"diverge"|"fail", ..}
 * CANCEL      {"study": n, "launch": n, "trials": [ordinal, ..]}
 */

struct rt_event {
    uint64_t seq;     /* 1, 2, 3, ... without gaps within the store it was born in */
    uint64_t time_us; /* UTC, microseconds since 1970; a label, not an order */
    enum rt_event_kind kind;
    struct rt_span body; /* borrowed */
};

/* How an attempt ended. The numbers are part of the format. */
enum rt_outcome {
    RT_OUTCOME_NONE = 0, /* not ended */
    RT_OUTCOME_OK = 1,
    RT_OUTCOME_FAILED = 2,  /* raised, exited non-zero, or gave no usable result */
    RT_OUTCOME_CRASHED = 3, /* ended by a signal */
    RT_OUTCOME_TIMEOUT = 4,
    RT_OUTCOME_PRUNED = 5,
    RT_OUTCOME_SKIPPED = 6,
    RT_OUTCOME_LOST = 7, /* its host or agent vanished; lost is not failed */
};
#define RT_OUTCOMES 8

const char *rt_outcome_name(enum rt_outcome outcome);                 /* "ok", "failed", ... */
int rt_outcome_from_name(const char *name, enum rt_outcome *outcome); /* 0, or -1 */

/* Bytes of a result or an output: inline, or known by hash when they are large. */
struct rt_payload {
    struct rt_span data; /* inline bytes, borrowed; empty when by_hash */
    bool by_hash;
    struct rt_hash hash; /* if by_hash */
    uint64_t size;       /* bytes, in either case */
};

#define RT_PAYLOAD_INLINE_MAX 4096 /* larger ones go to the objects of the store */

/* What was kept of an output stream. If kept < total, the middle is missing:
 * kept holds the first `head` bytes and then the last ones. */
struct rt_output {
    struct rt_payload kept;
    uint64_t head;  /* bytes of kept that are from the start */
    uint64_t total; /* bytes that were written */
};

#define RT_ATTEMPT_LATE 1u /* came after the attempt had been recorded as lost */
#define RT_ATTEMPT_DOWN 2u /* lost: its agent vanished, perhaps because of it */
/* From here on: what it heard while it ran is counted, up to a most that stands for more. */
#define RT_ATTEMPT_TRACED    4u
#define RT_ATTEMPT_HEARD_AT  8u /* the first bit of the count */
#define RT_ATTEMPT_HEARD_MAX 65535u
#define RT_ATTEMPT_TRACE     (RT_ATTEMPT_TRACED | RT_ATTEMPT_HEARD_MAX << RT_ATTEMPT_HEARD_AT)

/* One execution of a trial, ended. */
struct rt_attempt {
    uint32_t study;   /* number of the study in this store */
    uint64_t ordinal; /* of the trial, from 1 */
    uint32_t attempt; /* from 1 */
    uint32_t launch;
    uint32_t rank;
    uint32_t worker;   /* slot of the agent, from 0 */
    uint32_t position; /* in the life of the worker process: its first attempt is 1 */
    int32_t pid;
    uint64_t start_us;    /* wall clock, UTC */
    uint64_t duration_us; /* monotonic clock */
    uint64_t user_us;
    uint64_t sys_us;
    uint64_t max_rss_kib; /* peak of the worker process (of the command, for commands) */
    uint32_t seed;
    enum rt_outcome outcome;
    int32_t status;           /* exit status, or the signal if crashed */
    uint32_t flags;           /* RT_ATTEMPT_... */
    struct rt_payload result; /* canonical JSON object of metrics; empty if there is none */
    struct rt_payload reason; /* text: exception with traceback, or a sentence; may be empty */
    struct rt_output out;     /* stdout */
    struct rt_output err;     /* stderr */
};

/* The packed form of one attempt; shared by wire, ring, spool and journal. */
void rt_attempt_put(struct rt_buf *buf, const struct rt_attempt *attempt);
void rt_attempt_get(struct rt_reader *reader, struct rt_attempt *attempt); /* borrows */

/* Body of ATTEMPTS: a count, then packed attempts. */
void rt_attempts_put(struct rt_buf *body, const struct rt_attempt *attempts, size_t count);
/* Reads the next attempt of a body: 1 if there was one, 0 at the end, negative if damaged. */
struct rt_attempts_reader {
    struct rt_reader reader;
    uint64_t left;
    struct rt_span row; /* the packed form of the last one read */
};
int rt_attempts_open(struct rt_attempts_reader *attempts, struct rt_span body, struct rt_err *err);
int rt_attempts_next(struct rt_attempts_reader *attempts, struct rt_attempt *attempt,
                     struct rt_err *err);

/* A run of trials leased alike. */
struct rt_lease_range {
    uint64_t ordinal; /* first */
    uint64_t count;
    uint32_t attempt; /* the attempt that each of them is about to make */
};

/* Body of LEASE: trials of one study handed to one agent in one batch. */
struct rt_lease {
    uint32_t launch;
    uint32_t study;
    uint32_t rank;
    struct rt_lease_range *ranges; /* yours after get; free() it */
    size_t count;
};

void rt_lease_put(struct rt_buf *body, const struct rt_lease *lease);
int rt_lease_get(struct rt_span body, struct rt_lease *lease, struct rt_err *err);

#define RT_EVENT_BODY_MAX (1u << 30) /* bytes */

/* The record around a body: version, kind, number, time, store and checksum. */
void rt_event_put(struct rt_buf *record, const struct rt_event *event, const uint8_t store[16]);
/* The kind that a record says it has, unchecked; 0: it is none. */
unsigned rt_event_peek(struct rt_span record);
/* Checks everything and fills *event, which borrows from record. RT_EDAMAGED or RT_ENEWER. */
int rt_event_get(struct rt_span record, struct rt_event *event, uint8_t store[16],
                 struct rt_err *err);

#endif
