#ifndef RT_ENGINE_ACCEPT_H
#define RT_ENGINE_ACCEPT_H
/* What gives a study of a store, open for writing, its plan. Durable at the next commit. */
#include "store/store.h"

/* Appends an event whose body is this object. */
int rt_accept_json(struct rt_store *store, enum rt_event_kind kind, const struct rt_json *body,
                   struct rt_err *err);

/* A new study of this name, with an id that no other one has. */
int rt_accept_study(struct rt_store *store, const char *name, uint32_t *number, struct rt_err *err);

struct rt_accept {
    const struct rt_plan *plan;
    const struct rt_json *code_record; /* see store/code.h; NULL: it was recorded before */
    const char *source;                /* the study file's text and path; NULL: there is none */
    const char *source_path;
};

/* The study's next plan revision. */
int rt_accept_plan(struct rt_store *store, uint32_t study, const struct rt_accept *accept,
                   struct rt_err *err);

#endif
