#ifndef RT_BASE_JSON_H
#define RT_BASE_JSON_H
/*
 * JSON values, strictly read and canonically written. Door to jansson.
 *
 * Read: RFC 8259, and refused beyond it: duplicate keys, NUL in strings, bad
 * UTF-8, trailing bytes, NaN, integers outside int64, doubles that overflow,
 * nesting deeper than 2,048.
 *
 * Written ("canonical", docs/canonical-json.md): keys sorted by bytes, no
 * white space, only '"', '\' and control characters escaped, integers as
 * decimals, reals as the shortest text that reads back equal and always with
 * a '.' or an 'e' in it, so that 1 and 1.0 stay what they are. Equal values
 * are equal bytes. NaN and infinities are {"$float":"nan"|"inf"|"-inf"}.
 *
 * Values are counted references: functions that return struct rt_json * hand
 * out a borrowed value unless they say otherwise; ..._new and parse are yours.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/real.h"
#include "base/span.h"

struct rt_json; /* a json_t; never look inside */

enum rt_json_kind {
    RT_JSON_NULL,
    RT_JSON_BOOL,
    RT_JSON_INT,
    RT_JSON_REAL,
    RT_JSON_STRING,
    RT_JSON_ARRAY,
    RT_JSON_OBJECT,
};

/* Parses one value of any kind. RT_EUSAGE with line and column when it is not JSON. */
int rt_json_parse(struct rt_span text, struct rt_json **out, struct rt_err *err);
int rt_json_parse_file(const char *path, struct rt_json **out, struct rt_err *err);

void rt_json_free(struct rt_json *json);                  /* drops one reference; accepts NULL */
struct rt_json *rt_json_keep(struct rt_json *json);       /* one reference more; returns json */
struct rt_json *rt_json_copy(const struct rt_json *json); /* deep; yours */

struct rt_json *rt_json_new_null(void);
struct rt_json *rt_json_new_bool(bool value);
struct rt_json *rt_json_new_int(int64_t value);
struct rt_json *rt_json_new_real(double value);       /* NaN and infinities become {"$float":...} */
struct rt_json *rt_json_new_string(const char *text); /* bad UTF-8 is replaced by U+FFFD */
struct rt_json *rt_json_new_string_span(struct rt_span text); /* likewise, NUL too */
struct rt_json *rt_json_new_array(void);
struct rt_json *rt_json_new_object(void);

enum rt_json_kind rt_json_kind(const struct rt_json *json);
const char *rt_json_kind_name(enum rt_json_kind kind);  /* "an integer", "a text", ... */
bool rt_json_bool(const struct rt_json *json);          /* false unless a true BOOL */
int64_t rt_json_int(const struct rt_json *json);        /* 0 unless INT */
double rt_json_number(const struct rt_json *json);      /* INT or REAL, else 0 */
const char *rt_json_string(const struct rt_json *json); /* NULL unless STRING; borrowed */
/* True if json is {"$float":...}; *value is then the NaN or infinity. */
bool rt_json_special(const struct rt_json *json, double *value);

size_t rt_json_count(const struct rt_json *json); /* items of an array or object, else 0 */
struct rt_json *rt_json_at(const struct rt_json *json, size_t index);     /* array; or NULL */
struct rt_json *rt_json_get(const struct rt_json *json, const char *key); /* object; or NULL */
void rt_json_append(struct rt_json *array, struct rt_json *value);        /* takes value */
void rt_json_set(struct rt_json *object, const char *key, struct rt_json *value); /* takes value */
void rt_json_remove(struct rt_json *object, const char *key);

/* Shorthands: set a member, or get one with a fallback. */
void rt_json_set_text(struct rt_json *object, const char *key, const char *text); /* NULL: null */
void rt_json_set_int(struct rt_json *object, const char *key, int64_t value);
const char *rt_json_get_text(const struct rt_json *object, const char *key, const char *fallback);
int64_t rt_json_get_int(const struct rt_json *object, const char *key, int64_t fallback);

/* Members in insertion order: for (i = rt_json_first(o); i; i = rt_json_next(o, i)). */
void *rt_json_first(const struct rt_json *object);
void *rt_json_next(const struct rt_json *object, void *iterator);
const char *rt_json_iter_key(void *iterator);
struct rt_json *rt_json_iter_value(void *iterator);

bool rt_json_equal(const struct rt_json *a, const struct rt_json *b);
void rt_json_canonical(const struct rt_json *json, struct rt_buf *out); /* appends */
char *rt_json_text(const struct rt_json *json); /* canonical, with NUL; the caller frees */
void rt_json_pretty(const struct rt_json *json, struct rt_buf *out); /* for people, indented */

#endif
