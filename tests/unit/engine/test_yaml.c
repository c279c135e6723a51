#include "tests/expect.h"

#include <stdlib.h>

#include "engine/yaml.h"

static struct rt_yaml *yaml_of(const char *text)
{
    struct rt_yaml *yaml;
    struct rt_err err;

    expect_ok(err, rt_yaml_parse(rt_span_text(text), "a.yaml", false, &yaml, &err));
    return yaml;
}

static void nodes_know_where_they_start(void **state)
{
    const char *text = "a: 'q'\nb:\n- 1\n- {c: \"x\"}\nd:\n";
    struct rt_yaml *yaml = yaml_of(text);
    const struct rt_yaml_node *root = rt_yaml_root(yaml);
    const struct rt_yaml_node *b = rt_yaml_get(root, "b");

    (void)state;
    assert_int_equal(root->kind, RT_JSON_OBJECT);
    assert_int_equal(root->count, 3);
    assert_ptr_equal(text + rt_yaml_get(root, "a")->offset, strstr(text, "'q'"));
    assert_ptr_equal(text + b->key_offset, strstr(text, "b:"));
    assert_ptr_equal(text + b->items[0].offset, strstr(text, "1"));
    assert_ptr_equal(text + rt_yaml_get(&b->items[1], "c")->offset, strstr(text, "\"x\""));
    assert_ptr_equal(text + rt_yaml_get(root, "d")->offset, strstr(text, "d:"));
    assert_null(rt_yaml_get(root, "e"));
    rt_yaml_free(yaml);
}

static void text_is_kept_as_it_was_written(void **state)
{
    struct rt_yaml *yaml = yaml_of("[0.10, 'it''s', \"\\x41\\n\", ~]");
    const struct rt_yaml_node *root = rt_yaml_root(yaml);

    (void)state;
    assert_string_equal(root->items[0].text, "0.10");
    assert_int_equal(root->items[0].kind, RT_JSON_REAL);
    assert_string_equal(root->items[1].text, "it's");
    assert_string_equal(root->items[2].text, "A\n");
    rt_yaml_free(yaml);
}

static void a_document_becomes_json(void **state)
{
    struct rt_yaml *yaml =
        yaml_of("%YAML 1.2\n---\nb: [1, 2.0, no, '1', {}]\na: |\n  two\n  lines\n"
                "c: one\n  line\n...\n");
    struct rt_json *json = rt_yaml_json(rt_yaml_root(yaml));
    char *text = rt_json_text(json);

    (void)state;
    assert_string_equal(text, "{\"a\":\"two\\nlines\\n\",\"b\":[1,2.0,\"no\",\"1\",{}],"
                              "\"c\":\"one line\"}");
    free(text);
    rt_json_free(json);
    rt_yaml_free(yaml);
}

static void the_limits_are_the_documented_ones(void **state)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_yaml *yaml;
    struct rt_err err;

    (void)state;
    for (int i = 0; i < RT_YAML_DEPTH_MAX; i++)
        rt_buf_add(&text, "[");
    for (int i = 0; i < RT_YAML_DEPTH_MAX; i++)
        rt_buf_add(&text, "]");
    expect_ok(err, rt_yaml_parse(rt_buf_span(&text), "a", false, &yaml, &err));
    rt_yaml_free(yaml);
    rt_buf_reset(&text);
    rt_buf_add(&text, "[1");
    for (int i = 2; i < RT_YAML_NODES_MAX; i++)
        rt_buf_add(&text, ",1");
    rt_buf_add(&text, "]");
    expect_ok(err, rt_yaml_parse(rt_buf_span(&text), "a", true, &yaml, &err));
    rt_yaml_free(yaml);
    rt_buf_clear(&text);
}

static void expect_text(const char *yaml_text, const char *want)
{
    struct rt_yaml *yaml = yaml_of(yaml_text);

    assert_string_equal(rt_yaml_root(yaml)->text, want);
    rt_yaml_free(yaml);
}

/* libfyaml 0.7.12 itself loses characters here. */
static void quotes_in_a_row_are_kept(void **state)
{
    (void)state;
    expect_text("''", "");
    expect_text("''''", "'");
    expect_text("'a''''b'", "a''b");
    expect_text("'a''''''''''''''''''''''''b'", "a''''''''''''b");
    expect_text("' '''' '' '", " '' ' ");
}

static void line_ends_of_all_systems_are_the_same(void **state)
{
    (void)state;
    expect_text("a\r\n b\r\n\r\n c", "a b\nc");
    expect_text("|\r\n  a\r\n  b\r\n", "a\nb\n");
    expect_text("|\r  a\r  b\r", "a\nb\n");
}

static void expect_refused(const char *text, const char *part)
{
    struct rt_yaml *yaml;
    struct rt_err err;

    expect_error(err, RT_EUSAGE, part, rt_yaml_parse(rt_span_text(text), "a", false, &yaml, &err));
    assert_null(yaml);
}

/* What libfyaml 0.7.12 reads wrongly, or with stack for each line. */
static void texts_that_cannot_be_trusted_are_refused(void **state)
{
    struct rt_buf text = RT_BUF_INIT;

    (void)state;
    expect_refused("- 'a\n  b'\n", "a:1:3: a quoted text must end on its first line");
    expect_refused("- \"a\\\n  b\"\n", "a:1:3: a quoted text must end on its first line");
    expect_refused("- \"a\r\n  b\"\n", "a:1:3: a quoted text must end on its first line");
    expect_refused("x: >-\n  a\n\n   b\n", "folded blocks are not supported");
    rt_buf_add(&text, "x: |\n  a\n");
    for (int i = 0; i < 100000; i++)
        rt_buf_add(&text, i % 2 ? "\n" : "  \n");
    expect_refused(rt_buf_text(&text), "more than 1000 lines in a row are empty");
    rt_buf_clear(&text);
}

static void errors_without_a_label_have_no_place(void **state)
{
    struct rt_yaml *yaml;
    struct rt_err err;

    (void)state;
    expect_error(err, RT_EUSAGE, "aliases",
                 rt_yaml_parse(rt_span_text("[1, *a]"), NULL, false, &yaml, &err));
    assert_int_equal(err.text[0], 'a');
    assert_null(yaml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_know_where_they_start),
        cmocka_unit_test(text_is_kept_as_it_was_written),
        cmocka_unit_test(a_document_becomes_json),
        cmocka_unit_test(the_limits_are_the_documented_ones),
        cmocka_unit_test(quotes_in_a_row_are_kept),
        cmocka_unit_test(line_ends_of_all_systems_are_the_same),
        cmocka_unit_test(texts_that_cannot_be_trusted_are_refused),
        cmocka_unit_test(errors_without_a_label_have_no_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
