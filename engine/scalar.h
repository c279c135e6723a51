#ifndef RT_ENGINE_SCALAR_H
#define RT_ENGINE_SCALAR_H
/*
 * What a word without quotes is: the core schema of YAML 1.2 (10.3.2).
 *
 * null and ~ are null; true and false are booleans (yes, no, on and off are
 * texts); 10, 010, 0x1F and 0o17 are integers; 1.0, 1e-4 and .5 are reals;
 * all else is text.
 */
#include "base/decimal.h"
#include "base/json.h"

/* RT_EUSAGE for NaN, infinities and numbers that are too large. `out` is yours. */
int rt_scalar_parse(const char *text, struct rt_json **out, struct rt_err *err);

/* The exact decimal of an integer or real that was written as `text`. */
int rt_scalar_decimal(const char *text, struct rt_decimal *out, struct rt_err *err);

#endif
