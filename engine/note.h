#ifndef RT_ENGINE_NOTE_H
#define RT_ENGINE_NOTE_H
/*
 * Notes: what a running trial and its agent say to each other through the
 * ring, beside trials and results. The first byte is the kind.
 */

/* From the worker. */
enum rt_note_up {
    RT_NOTE_REPORT =
        1, /* waits: u8; then a report (store/report.h), whose trial the agent fills in */
    RT_NOTE_KEEP = 2,    /* step + 1, or 0: varint; folder: u8; path of the copy, name: spans */
    RT_NOTE_RESTORE = 3, /* nothing: what did an earlier attempt keep? */
    RT_NOTE_HEARD = 4,   /* call, reports: varints; what it heard: span, JSON; engine/hearing.h */
};

/* To the worker. */
enum rt_note_down {
    RT_NOTE_ANSWERED = 1, /* reports of this trial that were judged so far: varint */
    RT_NOTE_STOP = 2,     /* why: span */
    RT_NOTE_PARAMS = 3,   /* a JSON object: span */
    RT_NOTE_RESTORED = 4, /* path: span; empty if there is nothing */
    RT_NOTE_KEPT = 5,     /* the copy of a KEEP has been taken over, or was not wanted */
    RT_NOTE_SAY = 6,      /* a sentence for the trial's stderr: span */
};

#endif
