#include "tests/expect.h"

#include "engine/study_space_file.h"

static char *read_as(const char *path, const char *text)
{
    struct rt_json *space;
    struct rt_err err;
    char *found;

    expect_ok(err, rt_study_space_of_file(path, text, &space, &err));
    found = rt_json_text(space);
    rt_json_free(space);
    return found;
}

static void expect_space(const char *path, const char *text, const char *want)
{
    char *found = read_as(path, text);

    assert_string_equal(found, want);
    free(found);
}

static void expect_refused(const char *path, const char *text, const char *why)
{
    struct rt_json *space;
    struct rt_err err;

    expect_error(err, RT_EUSAGE, why, rt_study_space_of_file(path, text, &space, &err));
    assert_null(space);
}

static void a_parameter_set_of_r_is_a_space(void **state)
{
    (void)state;
    expect_space(
        "p.R",
        "# makeParamSet( is in a comment\n"
        "library(ParamHelpers)\n"
        "names <- c('makeParamSet(', \"#\")\n"
        "param.set <- makeParamSet(\n"
        "  makeDiscreteParam(\"dense\", values=c(\"1000\",\n      \"1000 500; #1\")),\n"
        "# makeDiscreteParam(\"batch\", values = c(16, 32)),\n"
        "  makeDiscreteParam('flag', values = list(TRUE, 0.5, 16L)),\n"
        "  makeIntegerParam(\"epochs\", lower = 5, upper = 500),\n"
        "  makeIntegerParam(\"batch\", lower=2, upper=4, trafo = function(x) 2L^x),\n"
        "  makeNumericParam(\"lr\", lower=0.00001, upper=1e-1),\n"
        "  makeNumericParam(id = \"decay\", lower = -3, upper = -1, trafo = function(v) 10^v),\n"
        "  makeLogicalParam(\"warm\")\n"
        ")\nprint(param.set)\n",
        "{\"batch\":{\"choice\":[4,8,16]},\"decay\":{\"loguniform\":[0.001,0.1]},"
        "\"dense\":{\"choice\":[\"1000\",\"1000 500; #1\"]},\"epochs\":{\"int\":[5,500]},"
        "\"flag\":{\"choice\":[true,0.5,16]},\"lr\":{\"uniform\":[1e-05,0.1]},"
        "\"warm\":{\"choice\":[false,true]}}");
}

static void what_r_could_mean_otherwise_is_refused(void **state)
{
    (void)state;
    expect_refused("p.R", "x <- 3\n", "p.R:1:1: there is no makeParamSet(...)");
    expect_refused("p.R", "makeParamSet()", "the parameter set is empty");
    expect_refused("p.R", "makeParamSet(makeIntegrParam('a', lower = 1, upper = 2))",
                   "p.R:1:14: makeIntegrParam is not understood; did you mean makeIntegerParam");
    expect_refused("p.R", "makeParamSet(\n makeIntegerParam('a', lower=1, uper=2))",
                   "p.R:2:33: unknown argument \"uper\"; did you mean \"upper\"?");
    expect_refused("p.R", "makeParamSet(makeIntegerParam('a', lower=1.5, upper=2))",
                   "\"lower\" is no integer");
    expect_refused("p.R", "makeParamSet(makeNumericParam('a', lower=3, upper=2))",
                   "\"upper\" is below \"lower\"");
    expect_refused("p.R", "makeParamSet(makeNumericParam('a', lower=3))", "\"upper\" is no number");
    expect_refused("p.R", "makeParamSet(makeDiscreteParam('a', values = 3))",
                   "\"values\" is no list");
    expect_refused("p.R",
                   "makeParamSet(makeNumericParam('a', lower=1, upper=2, trafo=function(x) x + 1))",
                   "p.R:1:60: only powers");
    expect_refused("p.R", "makeParamSet(makeLogicalParam('a', TRUE))",
                   "p.R:1:36: expected an argument NAME = ...");
    expect_refused("p.R", "makeParamSet(makeLogicalParam('a', values = c(TRUE)))",
                   "makeLogicalParam has no \"values\"");
    expect_refused("p.R", "makeParamSet(makeLogicalParam('a'), makeLogicalParam('a'))",
                   "p.R:1:37: the parameter is there twice");
    expect_refused("p.R", "makeParamSet(makeLogicalParam('a')", "expected a comma or \")\"");
    expect_refused("p.R", "makeParamSet(makeLogicalParam('a", "the text has no quote at its end");
}

static void the_json_of_a_genetic_algorithm_is_a_space(void **state)
{
    (void)state;
    expect_space("p.json",
                 "[{\"name\": \"one\", \"type\": \"int\", \"lower\": 2, \"upper\": 2},\n"
                 " {\"name\": \"epochs\", \"type\": \"int\", \"lower\": 1, \"upper\": 5, "
                 "\"sigma\": 20},\n"
                 " {\"name\": \"drop\", \"type\": \"float\", \"lower\": 0, \"upper\": 0.9},\n"
                 " {\"name\": \"opt\", \"type\": \"categorical\", \"element_type\": \"string\", "
                 "\"values\": [\"adam\", \"sgd\"]},\n"
                 " {\"name\": \"eps\", \"type\": \"ordered\", \"element_type\": \"float\", "
                 "\"values\": [1, 1e-6]},\n"
                 " {\"name\": \"nesterov\", \"type\": \"logical\"},\n"
                 " {\"name\": \"data\", \"type\": \"constant\", \"value\": \"a.csv\"}]\n",
                 "{\"data\":{\"choice\":[\"a.csv\"]},\"drop\":{\"uniform\":[0.0,0.9]},"
                 "\"epochs\":{\"int\":[1,5]},\"eps\":{\"choice\":[1.0,1e-06]},"
                 "\"nesterov\":{\"choice\":[false,true]},\"one\":{\"choice\":[2]},"
                 "\"opt\":{\"choice\":[\"adam\",\"sgd\"]}}");
}

static void what_the_genetic_algorithm_would_ignore_is_refused(void **state)
{
    (void)state;
    expect_refused("p.json", "{}", "p.json:1:1: expected a list of parameters");
    expect_refused("p.json", "[3]", "p.json:1:2: expected a parameter, such as");
    expect_refused("p.json", "[{\"name\": \"a\", \"type\": \"int\",\n  \"lowr\": 1}]",
                   "p.json:2:3: unknown key \"lowr\"; did you mean \"lower\"?");
    expect_refused("p.json", "[{\"name\": \"a\", \"type\": \"float\", \"use_log_scale\": true}]",
                   "unknown key \"use_log_scale\"; there are name, type, lower");
    expect_refused("p.json", "[{\"name\": \"a\", \"type\": \"integer\"}]",
                   "unknown type \"integer\"");
    expect_refused("p.json", "[{\"name\": \"a\", \"type\": \"int\", \"lower\": 1}]",
                   "the parameter has no \"upper\"");
    expect_refused("p.json", "[{\"name\": \"a\", \"type\": \"int\", \"lower\": 1.5, \"upper\": 2}]",
                   "expected an integer, found a real");
    expect_refused("p.json", "[{\"name\": \"a\", \"type\": \"int\", \"lower\": 3, \"upper\": 2}]",
                   "\"upper\" is below \"lower\"");
    expect_refused("p.json", "[{\"name\": \"a\", \"type\": \"constant\"}]",
                   "the parameter has no \"value\"");
    expect_refused("p.json",
                   "[{\"name\": \"a\", \"type\": \"logical\"}, "
                   "{\"name\": \"a\", \"type\": \"logical\"}]",
                   "the parameter is there twice");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parameter_set_of_r_is_a_space),
        cmocka_unit_test(what_r_could_mean_otherwise_is_refused),
        cmocka_unit_test(the_json_of_a_genetic_algorithm_is_a_space),
        cmocka_unit_test(what_the_genetic_algorithm_would_ignore_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
