#ifndef RT_STORE_INDEX_METRICS_H
#define RT_STORE_INDEX_METRICS_H
/*
 * A result, taken apart into named cells.
 *
 * Nested objects become dotted names, lists become JSON text, {"$float": ..}
 * becomes a state. Flat results, nearly all, are read in place; others go
 * through the JSON parser.
 */
#include "base/buf.h"
#include "base/json.h"
#include "base/span.h"

/* Types of columns, and of the values in them. */
enum rt_column_type {
    RT_COLUMN_NONE, /* only nulls so far */
    RT_COLUMN_BOOLEAN,
    RT_COLUMN_INTEGER,
    RT_COLUMN_REAL,
    RT_COLUMN_TEXT,
    RT_COLUMN_JSON,
    RT_COLUMN_MIXED,
};

const char *rt_column_type_name(enum rt_column_type type); /* "boolean", ... */
enum rt_column_type rt_column_type_from_name(const char *name);
/* What a column must be to hold both. */
enum rt_column_type rt_column_type_widen(enum rt_column_type a, enum rt_column_type b);

struct rt_datum {
    enum rt_column_type type; /* NONE: a null */
    int64_t integer;          /* BOOLEAN, INTEGER */
    double real;              /* REAL */
    struct rt_span text;      /* TEXT, JSON */
    const char *state;        /* REAL: "nan", "inf", "-inf" instead of a number; else NULL */
};

/* False for what is no finite number: *number is left alone then. */
bool rt_datum_number(const struct rt_datum *value, double *number);

struct rt_metric {
    struct rt_span name;
    struct rt_datum value;
};

struct rt_metrics {
    struct rt_metric *items;
    size_t count;
    size_t capacity;
    struct rt_json *json; /* what the values borrow from, unless it is the result itself */
    char **texts;         /* likewise */
    size_t text_count;
    size_t text_capacity;
};

void rt_metrics_clear(struct rt_metrics *metrics);
/* The one of that name, or NULL; found at once where `expected` says. */
const struct rt_metric *rt_metrics_find(const struct rt_metrics *metrics, size_t expected,
                                        struct rt_span name);
/* Replaces the contents. A result that is no JSON object has no metrics. Cells borrow from it. */
void rt_metrics_read(struct rt_metrics *metrics, struct rt_span result);
/* Adds the values of an object, nested ones by dotted names. It must stay while they are used. */
void rt_metrics_flatten(struct rt_metrics *metrics, const struct rt_json *object);

#endif
