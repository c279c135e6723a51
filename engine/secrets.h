#ifndef RT_ENGINE_SECRETS_H
#define RT_ENGINE_SECRETS_H
/*
 * What looks like a secret in a plan: plans are recorded as they are, for params are what trials
 * are. Nothing is hidden; the person at the keyboard is told.
 */
#include "base/json.h"

/* The dotted name of a param whose text looks like a secret, or the word of a command that does;
 * yours. NULL if there is none. */
char *rt_secrets_find(const struct rt_json *plan);

#endif
