#ifndef RT_BASE_ENV_H
#define RT_BASE_ENV_H
/*
 * What of an environment may be recorded: variables of an allow-list, for
 * they explain how a program behaved. Values that look like secrets never
 * are; docs/environment.md tells people the rules.
 */
#include <stdbool.h>
#include "base/json.h"

bool rt_env_is_recorded(const char *name);
/* By its name (a word of it is TOKEN, PASSWORD, ...) or by how the value looks. */
bool rt_env_is_secret(const char *name, const char *value);

/* {"PATH": "/usr/bin", ...} of "NAME=value" texts, ended by NULL; yours. A secret, or a value of
 * more than 64 KiB, is null: it was set. */
struct rt_json *rt_env_record(char *const *environment);

/* An argument of a command line, as it may be recorded: "--password=x" is "--password=(hidden)".
 * `before` is the argument in front of it, or NULL: the x of "--password x" is hidden too. Yours.
 */
char *rt_env_argument(const char *argument, const char *before);

#endif
