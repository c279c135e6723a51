#include "tests/expect.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "engine/condition.h"
#include "engine/study.h"
#include "store/plan.h"

#define E "entry: m.py:f\n"

static struct rt_json *plan_of(const char *text)
{
    struct rt_study_file file;
    struct rt_json *json;
    struct rt_err err;

    expect_ok(err, rt_study_file_parse(rt_span_text(text), "/f/a.yaml", &file, &err));
    json = rt_json_keep(file.plan);
    rt_study_file_clear(&file);
    return json;
}

/* The params of all points, one a line. */
static char *points_of(const struct rt_json *json)
{
    struct rt_buf out = RT_BUF_INIT;
    struct rt_plan *plan;
    struct rt_err err;

    expect_ok(err, rt_plan_new(json, &plan, &err));
    for (uint64_t i = 0; i < rt_plan_count(plan); i++) {
        rt_plan_params(plan, i, &out);
        rt_buf_add(&out, "\n");
    }
    rt_plan_free(plan);
    return rt_buf_take(&out);
}

static void expect_points_of(struct rt_json *json, const char *want)
{
    char *points = points_of(json);

    assert_string_equal(points, want);
    free(points);
    rt_json_free(json);
}

static void a_key_is_there_where_its_condition_is_met(void **state)
{
    (void)state;
    expect_points_of(plan_of(E "sweep:\n  optimizer: [sgd, adam]\n  lr: [1, 2]\n"
                               "  momentum: {values: [0, 0.9], when: optimizer == sgd}\n"),
                     "{\"lr\":1,\"momentum\":0.0,\"optimizer\":\"sgd\"}\n"
                     "{\"lr\":2,\"momentum\":0.0,\"optimizer\":\"sgd\"}\n"
                     "{\"lr\":1,\"momentum\":0.9,\"optimizer\":\"sgd\"}\n"
                     "{\"lr\":2,\"momentum\":0.9,\"optimizer\":\"sgd\"}\n"
                     "{\"lr\":1,\"optimizer\":\"adam\"}\n"
                     "{\"lr\":2,\"optimizer\":\"adam\"}\n");
}

static void elsewhere_it_is_what_params_say(void **state)
{
    (void)state;
    expect_points_of(plan_of(E
                             "params: {o: {m: 7}, k: 3}\nsweep:\n  a: '0:2:1'\n"
                             "  o.m: {from: 1, to: 2, step: 1, when: [a > 0, a != 2, k == 3.0]}\n"),
                     "{\"a\":0,\"k\":3,\"o\":{\"m\":7}}\n{\"a\":1,\"k\":3,\"o\":{\"m\":1}}\n"
                     "{\"a\":1,\"k\":3,\"o\":{\"m\":2}}\n{\"a\":2,\"k\":3,\"o\":{\"m\":7}}\n");
}

static void settings_keep_conditions(void **state)
{
    static const char study[] = E "sweep:\n  a: [x, y]\n  b: {values: [1, 2], when: a == x}\n";
    struct rt_json *plan = plan_of(study);
    struct rt_err err;

    (void)state;
    expect_ok(err, rt_study_set(plan, "b=3,4,5", 0, &err));
    expect_ok(err, rt_study_set(plan, "c=6 when b in [3, 5]", 0, &err));
    expect_points_of(plan, "{\"a\":\"x\",\"b\":3,\"c\":6}\n{\"a\":\"x\",\"b\":4}\n"
                           "{\"a\":\"x\",\"b\":5,\"c\":6}\n{\"a\":\"y\"}\n");
    plan = plan_of(study);
    expect_ok(err, rt_study_set(plan, "a=x", 0, &err));
    expect_points_of(plan, "{\"a\":\"x\",\"b\":1}\n{\"a\":\"x\",\"b\":2}\n");
    plan = plan_of(study);
    expect_ok(err, rt_study_set(plan, "a=y", 0, &err));
    expect_points_of(rt_json_copy(plan), "{\"a\":\"y\"}\n");
    expect_ok(err, rt_study_set(plan, "a=x,z", 0, &err)); /* behind b, which depends on it */
    expect_points_of(plan, "{\"a\":\"x\",\"b\":1}\n{\"a\":\"x\",\"b\":2}\n{\"a\":\"z\"}\n");
}

static void conditions_have_signs(void **state)
{
    static const struct {
        const char *text;
        const char *value;
        bool holds;
    } cases[] = {
        {"a == 1", "1.0", true},
        {"a==1", "2", false},
        {"a == x", "\"x\"", true},
        {"a == \"1\"", "1", false},
        {"a != x", "\"y\"", true},
        {"a != 1", "1.0", false},
        {"a < 2", "1.5", true},
        {"a < 2", "2", false},
        {"a <= 2", "2", true},
        {"a <= 2", "2.5", false},
        {"a > -1", "0", true},
        {"a > 0", "0", false},
        {"a >= 1e-3", "0.001", true},
        {"a >= 1", "0.5", false},
        {"a in [1, x]", "\"x\"", true},
        {"a in[1, 2]", "3", false},
        {"a > 0", "\"x\"", false},
        {"a == [1, 2]", "[1,2]", true},
        {"a > 9007199254740992", "9007199254740993", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rt_condition condition;
        struct rt_json *value;
        struct rt_err err;

        expect_ok(err, rt_condition_parse(cases[i].text, &condition, &err));
        expect_ok(err, rt_json_parse(rt_span_text(cases[i].value), &value, &err));
        if (rt_condition_holds(&condition, value) != cases[i].holds)
            fail_msg("%s of %s", cases[i].text, cases[i].value);
        assert_false(rt_condition_holds(&condition, NULL));
        rt_condition_clear(&condition);
        rt_json_free(value);
    }
}

static void mistakes_are_told(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        {"a: [1]\n b: {values: [1], when: a = 1}\n",
         "4:25: the condition \"a = 1\" is none; write"},
        {"a: [1]\n b: {values: [1], when: a ==}\n", "4:25: the condition \"a ==\" lacks a side"},
        {"a: [1]\n b: {values: [1], when: a < x}\n", "compares with what is no number"},
        {"a: [1]\n b: {values: [1], when: a in 3}\n", "has no list"},
        {"a: [1]\n b: {values: [1], when: []}\n", "4:25: expected a condition"},
        {"a: [1]\n b: {values: [1], wenn: a == 1}\n", "did you mean \"when\"?"},
        {"a: [1]\n b: {values: [1], to: 3}\n", "4:6: give either \"values\" or a range"},
        {"a: [1]\n b: {values: [1], when: a == 2}\n",
         "4:2: \"b\": no level of \"a\" meets its condition"},
        {"optimizer: [1]\n b: {values: [1], when: optimiser == 1}\n",
         "4:2: \"b\": there is no parameter \"optimiser\"; did you mean \"optimizer\"?"},
        {"b: {values: [1], when: c == 1}\n c: {values: [1], when: b == 1}\n",
         "3:2: \"b\": its condition is, by others, on itself"},
        {"b: {values: [1], when: b == 1}\n", "3:2: \"b\": its condition is, by others, on itself"},
        {"zip: {a: [1], c: [2]}\n b: {values: [1], when: a == 1}\n", "listed, drawn or zipped"},
        {"zip: {a: [1], c: {values: [1], when: a == 1}}\n", "have no conditions"},
        {"a: '1:200000:1'\n b: {values: [1], when: a == 1}\n", "more than 100000 levels"},
        {"a: '1:1000:1'\n b: {from: 1, to: 1000, step: 1, when: a > 0}\n",
         "3:2: \"a\": it and the keys it depends on have more than 100000 combinations"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = rt_printf(E "sweep:\n %s", cases[i].text);
        struct rt_study_file file;
        struct rt_err err;

        expect_error(err, RT_EUSAGE, cases[i].error,
                     rt_study_file_parse(rt_span_text(text), "/f/a.yaml", &file, &err));
        free(text);
    }
}

/* A random sweep: keys with small integers, some under conditions on keys before them. */
#define KEYS 6

struct made {
    int levels; /* 0, 1, ... */
    int on;     /* a key before; -1: no condition */
    int sign;
    int than;
};

static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};

static bool passes(int value, int sign, int than)
{
    bool results[] = {value == than, value != than, value<than, value <= than, value> than,
                      value >= than};

    return results[sign];
}

/* The same numbers on every machine. */
static int below(uint64_t *random, int count)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (int)((*random >> 33) % (uint64_t)count);
}

static void make_sweep(uint64_t *random, struct made *made)
{
    for (int i = 0; i < KEYS; i++) {
        struct made *key = &made[i];

        key->levels = 1 + below(random, 3);
        key->on = i && below(random, 2) ? below(random, i) : -1;
        do {
            key->sign = below(random, 6);
            key->than = below(random, 3);
        } while (key->on >= 0 && !passes(0, key->sign, key->than) &&
                 !(made[key->on].levels > 1 && passes(1, key->sign, key->than)) &&
                 !(made[key->on].levels > 2 && passes(2, key->sign, key->than)));
    }
}

static char *text_of(const struct made *made)
{
    struct rt_buf out = RT_BUF_INIT;

    rt_buf_add(&out, E "sweep:\n");
    for (int i = 0; i < KEYS; i++) {
        rt_buf_printf(&out, "  k%d: {from: 0, to: %d, step: 1", i, made[i].levels - 1);
        if (made[i].on >= 0)
            rt_buf_printf(&out, ", when: \"k%d %s %d\"", made[i].on, signs[made[i].sign],
                          made[i].than);
        rt_buf_add(&out, "}\n");
    }
    return rt_buf_take(&out);
}

/* The params of one of all combinations, with keys left out where their conditions are not met. */
static char *combination(const struct made *made, int number)
{
    struct rt_buf out = RT_BUF_INIT;
    bool there[KEYS];
    int value[KEYS];

    rt_buf_add(&out, "{");
    for (int i = 0; i < KEYS; i++) {
        const struct made *key = &made[i];

        value[i] = number % key->levels;
        number /= key->levels;
        there[i] = key->on < 0 || (there[key->on] && passes(value[key->on], key->sign, key->than));
        if (there[i])
            rt_buf_printf(&out, "%s\"k%d\":%d", out.size > 1 ? "," : "", i, value[i]);
    }
    rt_buf_add(&out, "}");
    return rt_buf_take(&out);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, and each once; the count. */
static size_t settle(char **texts, size_t count)
{
    size_t kept = 0;

    qsort(texts, count, sizeof *texts, by_text);
    for (size_t i = 0; i < count; i++) {
        if (kept && strcmp(texts[kept - 1], texts[i]) == 0)
            free(texts[i]);
        else
            texts[kept++] = texts[i];
    }
    return kept;
}

static size_t unroll(const struct made *made, char **texts)
{
    size_t count = 1;

    for (int i = 0; i < KEYS; i++)
        count *= (size_t)made[i].levels;
    for (size_t i = 0; i < count; i++)
        texts[i] = combination(made, (int)i);
    return settle(texts, count);
}

static void expect_the_same(const char *study, char **want, size_t count)
{
    struct rt_json *json = plan_of(study);
    struct rt_plan *plan;
    struct rt_err err;
    char *got[729];

    expect_ok(err, rt_plan_new(json, &plan, &err));
    if (rt_plan_count(plan) != count)
        fail_msg("%llu points instead of %zu of %s", (unsigned long long)rt_plan_count(plan), count,
                 study);
    for (size_t i = 0; i < count; i++) {
        struct rt_buf params = RT_BUF_INIT;

        rt_plan_params(plan, i, &params);
        got[i] = rt_buf_take(&params);
    }
    assert_int_equal(settle(got, count), count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(got[i], want[i]);
        free(got[i]);
    }
    rt_plan_free(plan);
    rt_json_free(json);
}

static void expect_written_again(const char *study)
{
    struct rt_json *plan = plan_of(study);
    struct rt_buf text = RT_BUF_INIT;
    struct rt_json *again;

    rt_study_write(plan, &text);
    again = plan_of(rt_buf_text(&text));
    if (!rt_json_equal(plan, again))
        fail_msg("%s\nis read as another plan than\n%s", rt_buf_text(&text), study);
    rt_json_free(again);
    rt_json_free(plan);
    rt_buf_clear(&text);
}

static void random_sweeps_have_the_points_of_their_unrolling(void **state)
{
    uint64_t random = 7;

    (void)state;
    for (int round = 0; round < 300; round++) {
        struct made made[KEYS];
        char *want[729];
        char *study;
        size_t count;

        make_sweep(&random, made);
        study = text_of(made);
        count = unroll(made, want);
        expect_the_same(study, want, count);
        expect_written_again(study);
        for (size_t i = 0; i < count; i++)
            free(want[i]);
        free(study);
    }
}

static void what_stands_around_is_written_again(void **state)
{
    (void)state;
    expect_written_again(
        E "params: {b: 1, z: 3}\nlist: [{q: 1}, {q: 2}]\nsweep:\n- a: [x, 'y z']\n"
          "- zip: {u: [1, 2], v: [3, 4]}\n"
          "- b: {from: 1, to: 100, count: 3, scale: log, when: 'a == \"y z\"'}\n"
          "- c: {values: '0:1:0.5', when: [b > 1, a != x]}\n"
          "- d: {values: [1, 2], when: z == 4}\n- e: {values: [1, 2], when: z == 3}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_there_where_its_condition_is_met),
        cmocka_unit_test(elsewhere_it_is_what_params_say),
        cmocka_unit_test(settings_keep_conditions),
        cmocka_unit_test(conditions_have_signs),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(random_sweeps_have_the_points_of_their_unrolling),
        cmocka_unit_test(what_stands_around_is_written_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
