#ifndef RT_ENGINE_DRIVING_OWN_H
#define RT_ENGINE_DRIVING_OWN_H
/* What the files engine/driving*.c share. */
#include "engine/driver_message.h"
#include "engine/driving.h"
#include "engine/repeats.h"
#include "store/state.h"

/* A trial that was proposed, by its point of the plan. */
struct rt_proposed {
    char *id;       /* as JSON */
    char *params;   /* as the driver said them, JSON; NULL once they are not needed any more */
    char *result;   /* members of its outcome, as JSON; NULL: none yet, or not needed any more */
    uint64_t seq;   /* of the event that has it */
    uint64_t asked; /* number of the event that proposed it */
    uint64_t told;  /* of the one that says it was told, or UINT64_MAX: it is queued; 0: neither */
    uint64_t turn;  /* how many outcomes this conversation had told with it; 0: an earlier one */
    int32_t priority;
    uint32_t behind;       /* how far the first of its group of replicates is before it */
    uint32_t left;         /* of the first: how many of the group are to be told under its id */
    bool good;             /* the result is a success */
    bool earlier;          /* proposed before the program was started afresh */
    struct rt_json *order; /* what the driver told it while it ran: "stop", "params"; or NULL */
    char *seen;            /* of its reports, what the driver was told last; or NULL */
    uint32_t reporting;    /* the attempt that has reported, in this launch */
    uint32_t ordered;      /* the attempt that was given the order */
    bool orphan;           /* proposed after the state that it was restored from, and not again */
};

enum rt_turn_kind {
    RT_TURN_SUBMIT, /* asked: */
    RT_TURN_CLAIM,
    RT_TURN_REFUSE,
    RT_TURN_CANCEL,
    RT_TURN_PRIORITY,
    RT_TURN_ANSWER,
    RT_TURN_BATCH,
    RT_TURN_SAVE,
    RT_TURN_REPORTS,
    RT_TURN_ORDER,
    RT_TURN_FINISH,
    RT_TURN_EXIT,
    RT_TURN_TELL, /* told: */
    RT_TURN_REPORT,
    RT_TURN_STOP,
};

/* One turn of the conversation, as it is in the journal. */
struct rt_turn {
    enum rt_turn_kind kind;
    char *text;     /* asked: in the form of equal bytes. TELL, REPORT, STOP: the line */
    char *reply;    /* ANSWER, REFUSE: the line that follows at once */
    uint64_t seq;   /* of its event */
    uint64_t first; /* SUBMIT, CLAIM: point, and how many */
    uint64_t count;
    bool taken; /* SUBMIT: claimed again, after a restart from a saved state */
};

/* Turns, as far as they have been read and not been left behind. */
struct rt_script {
    struct rt_turn *turns;
    size_t count;
    size_t capacity;
    size_t at;    /* the next turn that is replayed */
    size_t bytes; /* of the texts from there on */
    char *told;   /* by those left behind, last; or NULL */
};

/* Turns that do not count any more, by the numbers of their events: since the plan has changed,
 * what ended the conversation may not hold. */
struct rt_cut {
    uint64_t from;
    uint64_t to;
};

/* What is known of the whole conversation before it is read turn by turn. */
struct rt_survey {
    uint64_t plan_seq; /* of the plan that it is about */
    struct rt_cut *cuts;
    size_t cut_count;
    size_t cut_capacity;
    uint64_t end_seq;  /* of the first turn that ends it: it may be cut there; 0: none */
    char *state;       /* that was saved last, before that; or NULL */
    char *late_state;  /* and behind it */
    uint64_t began_us; /* the launch whose events come now, by the wall clock; 0: none */
    uint64_t last_us;
};

/* How far the journal has been read, turn by turn. */
struct rt_reading {
    uint64_t next;         /* event */
    uint64_t conversation; /* that the events belong to; 0: none yet */
    bool current;          /* it is the one that is replayed */
    size_t cut;            /* of the cuts, the first that is not over */
    bool level;            /* with the end */
    uint64_t group_first;  /* point of the last item's first trial */
    uint64_t group;        /* trials that still belong to it */
    uint64_t save_seq;     /* of the last SAVE; 0: none */
    uint64_t saved;        /* outcomes that are part of it */
    struct rt_buf metrics;
    struct rt_buf reason;
};

/* How the program was started. */
struct rt_beginning {
    uint64_t number; /* conversations that began in this plan, this one included; 0: none */
    char resume[8];  /* "replay", "state" or "tell" */
    char *state;     /* or NULL */
    int64_t capacity;
    struct rt_json *open; /* what it was told to be open: points */
    char *program;        /* SHA-256 of its file, hexadecimal, or NULL */
};

/* A report that the driver is to be told. */
struct rt_heard {
    uint64_t seq; /* of the event that has it */
    uint64_t point;
    uint32_t attempt;
    int64_t step;
    char *metrics; /* JSON; NULL: it is not told */
};

struct rt_driving {
    struct rt_driving_options options;
    const struct rt_study *study;
    const struct rt_json *settings; /* "driver" of the plan */
    struct rt_driver *program;

    struct rt_proposed **trials; /* from point `gone` on: see rt_driving_trial() */
    size_t places;               /* for trials, taken or not */
    size_t capacity;
    size_t count; /* points, those included that are gone, as far as they have been read */
    size_t gone;
    size_t passed; /* of the places, the first so many are needed no more */
    struct rt_repeats repeats;
    size_t *ids; /* first points of open ids, plus 1, by hash */
    size_t id_count;
    size_t id_capacity;

    struct rt_survey survey;
    struct rt_reading reading;
    struct rt_script script;
    struct rt_beginning beginning;
    struct rt_script claims; /* SUBMITs that a restored driver may ask again */
    uint64_t outcomes;       /* told in this conversation, refusals included */
    uint64_t repeated;       /* requests of this launch that were as before */
    uint64_t began_us;

    uint64_t *decided; /* points whose outcomes are not durable yet, in order; then to be told */
    size_t decided_first;
    size_t decided_count;
    size_t decided_capacity;
    size_t ready; /* so many of them are durable */
    uint64_t durable;

    bool reports; /* the driver wants them */
    struct rt_heard *heard;
    size_t heard_count;
    size_t heard_capacity;
    size_t heard_ordered; /* of the first so many it was seen whether orders wait for them */

    struct rt_buf proposals; /* items of a PROPOSE event in the making */
    uint64_t proposal_count;
    struct rt_buf tells; /* of a TELL event in the making */

    uint64_t batch;
    uint64_t open;       /* trials without an outcome */
    uint64_t open_bytes; /* of their params */
    bool better_known;
    double better;
    uint64_t no_better_for; /* outcomes in a row */
    bool reached;           /* the target was, by an outcome as it was told */
    uint64_t spent_us;      /* of the time for the study, by `spent_at_us` (monotonic) */
    uint64_t spent_at_us;

    bool live;     /* it has caught up */
    bool finished; /* it has said so, or ended well */
    bool stopped;  /* it was told that no more is wanted */
    bool stopping; /* the launch is */
    bool ended;    /* the program's end has been seen to */
    bool diverged;
    bool silent;   /* that was said */
    bool recorded; /* the failure is */
    uint64_t spoke_us;
    struct rt_err failure; /* code 0: none */
};

void rt_driving_say(struct rt_driving *driving, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void rt_driving_fail(struct rt_driving *driving, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* driving_trials.c: what was proposed. */
struct rt_proposed *rt_driving_add(struct rt_driving *driving, uint64_t point);
/* NULL for a point that is none or not read yet, and for one whose outcome was told: nobody asks
 * for it then. */
struct rt_proposed *rt_driving_trial(const struct rt_driving *driving, uint64_t point);
/* Lets a trial go that was told, unless others of its group have not been. */
void rt_driving_let_go(struct rt_driving *driving, uint64_t point);
void rt_driving_drop_all(struct rt_driving *driving);
/* It is to be started before, or after, others; if it waits again, too. */
void rt_driving_prefer(struct rt_driving *driving, uint64_t ordinal, int32_t priority);
/* A conductor that has just begun knows no priorities. */
void rt_driving_prefer_again(struct rt_driving *driving);
/* Takes the row of an attempt for the outcome of a trial, unless there is a better one. */
void rt_driving_note(struct rt_driving *driving, uint64_t point, const struct rt_attempt *attempt,
                     struct rt_span metrics, struct rt_span reason, uint64_t seq);
void rt_driving_note_skipped(struct rt_driving *driving, uint64_t point, const char *why,
                             uint64_t seq);
/* Counts how many of a group of replicates are to be told. */
void rt_driving_count_left(struct rt_driving *driving, uint64_t first, uint64_t count);
/* The same, and its id is open. */
void rt_driving_open_id(struct rt_driving *driving, uint64_t first, uint64_t count);
/* The first point of the next group at or after a point, and *count; `count` of all if none. */
uint64_t rt_driving_group(const struct rt_driving *driving, uint64_t point, uint64_t *count);
/* The first point of an open id; SIZE_MAX if none. */
size_t rt_driving_find_id(const struct rt_driving *driving, const char *id);
void rt_driving_close_id(struct rt_driving *driving, uint64_t point);
/* Appends {"id": .., ..} of a trial with an outcome. */
void rt_driving_put_done(const struct rt_driving *driving, uint64_t point, struct rt_buf *out);

/* driving_script.c: the turns of the conversation. */
void rt_script_clear(struct rt_script *script);
/* Goes on to the next turn. The text of the one before stays until leave(), which forgets all that
 * are behind. */
void rt_script_pass(struct rt_script *script);
void rt_script_leave(struct rt_script *script);
/* `text` and `reply`, which may be NULL, are the script's from now on. */
struct rt_turn *rt_script_add(struct rt_script *script, enum rt_turn_kind kind, uint64_t seq,
                              char *text, char *reply);
/* The turn of a DRIVER or CANCEL event; NULL if that is none. */
struct rt_turn *rt_script_add_event(struct rt_script *script, const struct rt_event *event,
                                    const struct rt_json *body);
void rt_script_drop_last(struct rt_script *script);
/* What the driver had been told last, or NULL; borrowed. */
const char *rt_script_told(const struct rt_script *script);

/* driving_survey.c: a first look at the whole conversation, from the journal. */
int rt_driving_survey(struct rt_driving *driving, struct rt_err *err);
/* One event of it; the context is a driving. */
int rt_driving_survey_event(void *driving, const struct rt_event *event, struct rt_err *err);
void rt_survey_clear(struct rt_survey *survey);
/* The state that was saved last in this conversation, or NULL. Borrowed. */
const char *rt_driving_saved(const struct rt_driving *driving);

/* driving_read.c: the conversation, turn by turn. */
/* Begins with the plan's first event, and reads until the conversation that is replayed begins. */
int rt_driving_read_start(struct rt_driving *driving, struct rt_err *err);
/* One event; the context is a driving. 1: enough has been read for now. */
int rt_driving_read_event(void *driving, const struct rt_event *event, struct rt_err *err);
/* Reads on if few turns are left. */
int rt_driving_read_ahead(struct rt_driving *driving, struct rt_err *err);
/* All turns have been replayed: reads the rest, of which this launch may have written some. */
int rt_driving_read_end(struct rt_driving *driving, struct rt_err *err);
/* That is: sees which trials are open, or have an outcome that was not told. */
int rt_driving_read_up(struct rt_driving *driving, struct rt_err *err);
void rt_driving_read_clear(struct rt_driving *driving);

/* driving_begin.c: starts the program, with its greeting. */
int rt_driving_begin(struct rt_driving *driving, struct rt_err *err);
void rt_beginning_clear(struct rt_beginning *beginning);

/* driving_hear.c: one line of the driver. */
int rt_driving_hear(struct rt_driving *driving, struct rt_span line, struct rt_err *err);
/* It has ended, well. */
int rt_driving_hear_end(struct rt_driving *driving, struct rt_err *err);
/* A request as it is shown: not all of it, if it is long. Yours. */
char *rt_driving_shown(const char *text);

/* driving_ask.c: one request, for the first time. */
int rt_driving_submit(struct rt_driving *driving, const struct rt_json *item, struct rt_err *err);
int rt_driving_take(struct rt_driving *driving, enum rt_driver_verb verb,
                    const struct rt_json *message, struct rt_err *err);
/* `exits`: it has ended without saying so. */
int rt_driving_finish(struct rt_driving *driving, const struct rt_json *value, bool exits,
                      struct rt_err *err);

/* driving_record.c: appends the events in the making. */
int rt_driving_flush(struct rt_driving *driving, struct rt_err *err);
int rt_driving_flush_tells(struct rt_driving *driving, struct rt_err *err);
/* Appends a DRIVER event with these members, or one of another kind; they are yours no more. */
int rt_driving_append(struct rt_driving *driving, const char *what, struct rt_json *body,
                      struct rt_err *err);
int rt_driving_append_kind(struct rt_driving *driving, enum rt_event_kind kind,
                           struct rt_json *body, struct rt_err *err);

/* driving_reports.c */
/* Tells the reports that are durable, and running trials what they are to be told again. */
int rt_driving_tell_reports(struct rt_driving *driving, struct rt_err *err);
/* The driver tells running trials something. */
int rt_driving_order(struct rt_driving *driving, const struct rt_json *message, struct rt_err *err);
/* It holds for later attempts, too: {"stop": text, "params": {..}}. */
void rt_driving_note_order(struct rt_driving *driving, uint64_t point, const struct rt_json *order);
void rt_driving_forget_orders(struct rt_proposed *trial);
/* It has caught up: the trials whose reports were heard meanwhile are known now. */
void rt_driving_see_reports(struct rt_driving *driving);
void rt_driving_drop_heard(struct rt_driving *driving);

/* driving_tell.c */
/* Sends what was told before the next request; sees whether it has caught up. */
int rt_driving_pump(struct rt_driving *driving, struct rt_err *err);
int rt_driving_tell(struct rt_driving *driving, struct rt_err *err);
void rt_driving_send_line(struct rt_driving *driving, const char *text);
/* A trial has an outcome now; and one that has is to be told, unless it was or needs not be. */
void rt_driving_decide(struct rt_driving *driving, uint64_t point);
void rt_driving_queue(struct rt_driving *driving, uint64_t point);
/* No more trials are wanted. */
int rt_driving_say_stop(struct rt_driving *driving, const char *reason, struct rt_err *err);
int rt_driving_check_limits(struct rt_driving *driving, struct rt_err *err);
/* How much is left of the time for the study; UINT64_MAX: no end of it matters now. */
uint64_t rt_driving_time_left(const struct rt_driving *driving, uint64_t mono_us);
/* Counts an outcome for the stopping rules. */
void rt_driving_weigh(struct rt_driving *driving, uint64_t point);

#endif
