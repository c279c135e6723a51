#include "tests/unit/store/code_world.h"

#include "store/bundle.h"
#include "store/git_list.h"

/* A bundle of one root with one file and one link. */
static void make(struct rt_buf *out, const char *root, const char *path, uint32_t mode,
                 const char *content, const char *link, const char *target)
{
    size_t start = rt_bundle_start(out, 1, 1, 1);

    rt_bundle_put_root(out, root);
    rt_bundle_put_file(out, path, mode, rt_span_text(content));
    rt_bundle_put_link(out, link, target);
    rt_bundle_end(out, start);
}

static void expect_refused(const char *root, const char *path, uint32_t mode, const char *content,
                           const char *link, const char *target)
{
    struct rt_buf data = RT_BUF_INIT;
    struct rt_bundle bundle;
    struct rt_err err;

    make(&data, root, path, mode, content, link, target);
    expect_error(err, RT_EDAMAGED, "the code bundle has a bad",
                 rt_bundle_read(rt_buf_span(&data), &bundle, &err));
    rt_buf_clear(&data);
}

static void what_was_put_is_read_back(void **state)
{
    struct rt_buf data = RT_BUF_INIT;
    struct rt_bundle bundle;
    struct rt_err err;

    (void)state;
    make(&data, "noise", "noise/lib/a.py", RT_GIT_EXECUTABLE, "x", "noise/data", "/big/data");
    expect_ok(err, rt_bundle_read(rt_buf_span(&data), &bundle, &err));
    assert_string_equal(bundle.roots[0], "noise");
    assert_string_equal(bundle.files[0].path, "noise/lib/a.py");
    assert_int_equal(bundle.files[0].mode, RT_GIT_EXECUTABLE);
    assert_true(rt_span_equal(bundle.files[0].content, rt_span_text("x")));
    assert_string_equal(bundle.links[0].target, "/big/data");
    rt_bundle_clear(&bundle);
    rt_buf_clear(&data);
}

static void paths_that_leave_are_refused(void **state)
{
    static const char *const paths[] = {
        "noise/../x", "../x", "/etc/passwd", "noise//x", "noise/./x", "noise/", "other/x",
        "noise",      "",     "noisy/x",     "noise/..",
    };

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        expect_refused("noise", paths[i], RT_GIT_FILE, "x", "noise/l", "/l");
        expect_refused("noise", "noise/a", RT_GIT_FILE, "x", paths[i], "/l");
    }
    expect_refused("..", "../a", RT_GIT_FILE, "x", "../l", "/l");
    expect_refused("a/b", "a/b", RT_GIT_FILE, "x", "a/b", "/l");
}

static void odd_modes_and_targets_are_refused(void **state)
{
    (void)state;
    expect_refused("noise", "noise/a", 0104755, "x", "noise/l", "/l");
    expect_refused("noise", "noise/a", RT_GIT_MODULE, "x", "noise/l", "/l");
    expect_refused("noise", "noise/a", RT_GIT_LINK, "", "noise/l", "/l");
    expect_refused("noise", "noise/a", RT_GIT_FILE, "x", "noise/l", "relative");
}

static void files_out_of_order_are_refused(void **state)
{
    struct rt_buf data = RT_BUF_INIT;
    struct rt_bundle bundle;
    struct rt_err err;
    size_t start = rt_bundle_start(&data, 1, 2, 0);

    (void)state;
    rt_bundle_put_root(&data, "noise");
    rt_bundle_put_file(&data, "noise/a", RT_GIT_FILE, rt_span_text("1"));
    rt_bundle_put_file(&data, "noise/a", RT_GIT_FILE, rt_span_text("2"));
    rt_bundle_end(&data, start);
    expect_error(err, RT_EDAMAGED, "bad path", rt_bundle_read(rt_buf_span(&data), &bundle, &err));
    rt_buf_clear(&data);
}

static void every_flipped_bit_and_every_cut_is_noticed(void **state)
{
    struct rt_buf data = RT_BUF_INIT;
    struct rt_bundle bundle;

    (void)state;
    make(&data, "noise", "noise/a.py", RT_GIT_FILE, "x", "noise/data", "/big/data");
    for (size_t i = 0; i < data.size * 8; i++) {
        data.data[i / 8] ^= (unsigned char)(1u << i % 8);
        assert_true(rt_bundle_read(rt_buf_span(&data), &bundle, NULL) < 0);
        data.data[i / 8] ^= (unsigned char)(1u << i % 8);
    }
    for (size_t size = 0; size < data.size; size++)
        assert_true(rt_bundle_read(rt_span(data.data, size), &bundle, NULL) < 0);
    rt_buf_clear(&data);
}

static void counts_that_promise_too_much_are_refused(void **state)
{
    struct rt_buf data = RT_BUF_INIT;
    struct rt_bundle bundle;
    struct rt_err err;
    size_t start = rt_bundle_start(&data, UINT64_MAX, UINT64_MAX / 3, 7);

    (void)state;
    rt_bundle_end(&data, start);
    expect_error(err, RT_EDAMAGED, "cut short", rt_bundle_read(rt_buf_span(&data), &bundle, &err));
    rt_buf_clear(&data);
}

static void a_bundle_of_a_newer_program_says_so(void **state)
{
    struct rt_buf data = RT_BUF_INIT;
    struct rt_bundle bundle;
    struct rt_err err;

    (void)state;
    make(&data, "noise", "noise/a.py", RT_GIT_FILE, "x", "noise/data", "/big/data");
    data.data[8] = 2;
    expect_error(err, RT_ENEWER, "version 2", rt_bundle_read(rt_buf_span(&data), &bundle, &err));
    rt_buf_clear(&data);
}

/* A bundle whose checksum and code are right, and which tries to write through its own link. */
static void a_link_inside_a_bundle_is_not_written_through(void **state)
{
    struct world *world = *state;
    struct rt_buf data = RT_BUF_INIT;
    struct rt_bundle bundle;
    struct rt_hash code;
    struct rt_err err;
    size_t start = rt_bundle_start(&data, 1, 2, 1);
    char *folder = at(world, "work/code");
    char *target = at(world, "target");

    put(world, "target/kept", "1");
    rt_bundle_put_root(&data, "noise");
    rt_bundle_put_file(&data, "noise/a", RT_GIT_LINK, rt_span_text(target));
    rt_bundle_put_file(&data, "noise/a/evil", RT_GIT_FILE, rt_span_text("x"));
    rt_bundle_put_link(&data, "noise/a/link", "/l");
    rt_bundle_end(&data, start);
    expect_ok(err, rt_bundle_read(rt_buf_span(&data), &bundle, &err));
    code = rt_bundle_code(&bundle);
    expect_error(err, RT_EIO, "noise/a/evil",
                 rt_code_unpack(rt_buf_span(&data), &code, folder, &err));
    sh(world, ".", "test ! -e target/evil && test ! -e work/code && test $(ls work | wc -l) = 0");
    rt_bundle_clear(&bundle);
    rt_buf_clear(&data);
    free(target);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_read_back),
        cmocka_unit_test(paths_that_leave_are_refused),
        cmocka_unit_test(odd_modes_and_targets_are_refused),
        cmocka_unit_test(files_out_of_order_are_refused),
        cmocka_unit_test(every_flipped_bit_and_every_cut_is_noticed),
        cmocka_unit_test(counts_that_promise_too_much_are_refused),
        cmocka_unit_test(a_bundle_of_a_newer_program_says_so),
        cmocka_unit_test_setup_teardown(a_link_inside_a_bundle_is_not_written_through, world_start,
                                        world_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
