#ifndef RT_ENGINE_CONDITION_H
#define RT_ENGINE_CONDITION_H
/*
 * What a key of a sweep depends on: "optimizer == sgd", "layers > 2",
 * "optimizer in [sgd, adam]". Numbers are compared by value, all else as it is.
 */
#include "base/err.h"
#include "base/json.h"

enum rt_condition_test {
    RT_TEST_EQUAL,
    RT_TEST_OTHER,
    RT_TEST_LESS,
    RT_TEST_AT_MOST,
    RT_TEST_MORE,
    RT_TEST_AT_LEAST,
    RT_TEST_IN,
};

struct rt_condition {
    char *key; /* dotted, if it is nested */
    enum rt_condition_test test;
    struct rt_json *value; /* of IN: a list */
};

/* RT_EUSAGE. Clear it also after that. */
int rt_condition_parse(const char *text, struct rt_condition *condition, struct rt_err *err);
void rt_condition_clear(struct rt_condition *condition);

/* Whether a value passes; NULL, that of a key that is not there, never does. */
bool rt_condition_holds(const struct rt_condition *condition, const struct rt_json *value);

#endif
