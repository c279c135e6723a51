#ifndef RT_ENGINE_COMM_H
#define RT_ENGINE_COMM_H
/*
 * Comm: messages between the conductor (rank 0) and the agents (every rank).
 *
 * Local comm is one rank without any MPI. The others are modules, one per
 * MPI found at build time (retrial-comm-mpich.so, retrial-comm-openmpi.so),
 * loaded when the variables of their launcher are seen, or when
 * RETRIAL_COMM=mpich|openmpi|local names one. A launcher without its module
 * is an error in every rank. Messages between two ranks keep their order;
 * a rank may send to itself. One thread only.
 */
#include <stdbool.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct rt_comm;

#define RT_COMM_MESSAGE_MAX (1u << 30) /* bytes of one message */
#define RT_COMM_ABI         1

struct rt_comm_ops {
    /* Hands a message over; returns before it is delivered. Copies what it needs. */
    int (*send)(struct rt_comm *comm, int to, struct rt_span message, struct rt_err *err);
    /* 1: *from and *message are set (replaced, not appended); 0: nothing has come; never waits. */
    int (*receive)(struct rt_comm *comm, int *from, struct rt_buf *message, struct rt_err *err);
    /* Waits until all that was sent has left, then lets go. With `abort`, ends at once without
     * speaking to anybody: used on the interrupt path. Frees comm. */
    void (*close)(struct rt_comm *comm, bool abort);
};

struct rt_comm {
    const struct rt_comm_ops *ops;
    int rank;
    int size;
    bool polled;       /* messages come without waking poll(): ask again every now and then */
    const char *name;  /* "local", "mpich", "openmpi" */
    char version[256]; /* of the MPI library, one line */
};

/* What a module exports as `rt_comm_module`. */
struct rt_comm_module {
    int abi; /* RT_COMM_ABI */
    const char *name;
    int (*open)(struct rt_comm **out, struct rt_err *err);
};

/* Which comm this process was started for, from its environment: "local", "mpich", "openmpi";
 * RT_EUSAGE for a launcher that is not known. Loads nothing. */
int rt_comm_detect(const char **name, struct rt_err *err);

/* Opens it. Modules are looked for in RETRIAL_MODULES, beside the program (../lib/retrial, .). */
int rt_comm_open(const char *name, struct rt_comm **out, struct rt_err *err);

/* The local comm: one rank that speaks to itself. */
struct rt_comm *rt_comm_local(void);

/* True for names of variables that must not reach a task (OMPI_, PMI, HYDRA_, ...). */
bool rt_comm_is_launcher_variable(const char *name);

#endif
