#ifndef RT_ENGINE_ABOUT_H
#define RT_ENGINE_ABOUT_H
/*
 * What LAUNCH and AGENT events say of a command and of a host. Whoever
 * appends the event adds what only it knows: numbers, ranks, slots, MPI.
 */
#include "base/json.h"

/* Of this host and process; yours:
 *   {"host": text, "pid": n, "start": clock ticks after boot, "boot": text, "system": text,
 *    "cpu": text, "cores": n that we may run on, "memory_kib": n,
 *    "gpus": {see engine/gpus.h} if there are any} */
struct rt_json *rt_about_host(void);

/* The same and more, of a launch; yours:
 *   {"command": [argv, what looks like a secret hidden], "cwd": text, "user": text,
 *    "version": text, "program": path of the running program, "env": {see base/env.h},
 *    "modules": [names of LOADEDMODULES],
 *    "job": {"system": "slurm"|"pbs"|"lsf"|"sge"|"flux", "id": text}|null} */
struct rt_json *rt_about_launch(int argc, char *const *argv);

#endif
