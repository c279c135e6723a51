#ifndef RT_ENGINE_SERVE_H
#define RT_ENGINE_SERVE_H
/*
 * Answers to those who ask a live launch through the control socket of its
 * store: {"do": "status"} and {"do": "stop"}.
 */
#include <poll.h>
#include "engine/run.h"
#include "store/store.h"

struct rt_serve;

/* Starts to listen. Where the socket cannot be made the launch goes on without; the result is
 * then NULL, which all functions below accept. */
struct rt_serve *rt_serve_new(struct rt_store *store);
void rt_serve_free(struct rt_serve *serve);

size_t rt_serve_fds(struct rt_serve *serve, struct pollfd *fds, size_t room);
/* Answers what has come; never blocks. */
void rt_serve_step(struct rt_serve *serve);
/* What it tells those who ask for the status; copied. */
void rt_serve_standing(struct rt_serve *serve, const struct rt_standing *standing);
/* A warning that the status tells from now on; copied. */
void rt_serve_warn(struct rt_serve *serve, const char *text);
/* To which home it publishes: up to which event, and why that fails now or NULL; copied. */
void rt_serve_home(struct rt_serve *serve, const char *home, uint64_t seq, const char *failing);
/* How many times a stop was asked for. */
int rt_serve_stops(const struct rt_serve *serve);

#endif
