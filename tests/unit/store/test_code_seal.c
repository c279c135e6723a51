#include "tests/unit/store/code_world.h"

#include "store/code_seal.h"

static struct rt_code_seal *sealed(struct world *world)
{
    struct rt_buf bundle = RT_BUF_INIT;
    char *folder = at(world, "work/code");
    struct rt_code_seal *seal;
    struct rt_err err;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/lib/run.sh", "#!/bin/sh\n");
    put(world, "noise/.gitignore", "data\n");
    put(world, "noise/data/big", "1\n");
    sh(world, "noise", "chmod 755 lib/run.sh; ln -s lib/run.sh go; ln -s ../noise out");
    git_start(world, "noise");
    snapshot(world, "noise");
    expect_ok(err, rt_code_bundle(world->store, &world->code, world->record, &bundle, &err));
    expect_ok(err, rt_code_unpack(rt_buf_span(&bundle), &world->code, folder, &err));
    expect_ok(err, rt_code_seal_new(rt_buf_span(&bundle), folder, &seal, &err));
    rt_buf_clear(&bundle);
    free(folder);
    return seal;
}

static void what_leaves_the_content_as_it_is_breaks_no_seal(void **state)
{
    static const char *const deeds[] = {
        "true",
        "touch model.py",
        "chmod 644 model.py",
        "mkdir __pycache__; echo 1 >__pycache__/x; echo 1 >new.py",
        "cp -p model.py other; mv other model.py",
        "echo 2 >data/big",
    };
    struct world *world = *state;
    struct rt_code_seal *seal = sealed(world);

    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        sh(world, "work/code/noise", "%s", deeds[i]);
        assert_null(rt_code_seal_broken(seal));
    }
    rt_code_seal_free(seal);
}

static void any_other_change_breaks_it(void **state)
{
    static const struct {
        const char *deed;
        const char *path;
    } cases[] = {
        {"chmod 644 model.py; echo 'x = 2' >model.py", "noise/model.py"},
        {"rm model.py", "noise/model.py"},
        {"mv model.py other.py", "noise/model.py"},
        {"chmod 644 lib/run.sh", "noise/lib/run.sh"},
        {"rm -r lib", "noise/lib/run.sh"},
        {"rm model.py; mkdir model.py", "noise/model.py"},
        {"rm model.py; ln -s /dev/null model.py", "noise/model.py"},
        {"rm go; ln -s /bin/true go", "noise/go"},
    };
    struct world *world = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rt_code_seal *seal = sealed(world);

        assert_null(rt_code_seal_broken(seal));
        sh(world, "work/code/noise", "%s", cases[i].deed);
        assert_string_equal(rt_code_seal_broken(seal), cases[i].path);
        rt_code_seal_free(seal);
        sh(world, ".", "rm -rf work noise");
    }
}

static void what_was_added_can_be_asked_for(void **state)
{
    struct world *world = *state;
    struct rt_code_seal *seal = sealed(world);
    char *path;

    sh(world, "work/code/noise",
       "mkdir -p __pycache__ new/empty; echo 1 >__pycache__/x; echo 1 >lib/m.pyc");
    assert_null(rt_code_seal_added(seal));
    sh(world, "work/code/noise", "echo 1 >new/empty/result.csv");
    path = rt_code_seal_added(seal);
    assert_string_equal(path, "noise/new/empty/result.csv");
    free(path);
    rt_code_seal_free(seal);
}

static void a_folder_that_is_gone_cannot_be_sealed(void **state)
{
    struct rt_code_seal *seal = NULL;
    struct rt_buf bundle = RT_BUF_INIT;
    struct world *world = *state;
    struct rt_err err;

    rt_code_seal_free(sealed(world));
    expect_ok(err, rt_code_bundle(world->store, &world->code, world->record, &bundle, &err));
    expect_error(err, RT_EIO, "/no/such",
                 rt_code_seal_new(rt_buf_span(&bundle), "/no/such", &seal, &err));
    assert_null(seal);
    rt_buf_clear(&bundle);
}

#define test(function) cmocka_unit_test_setup_teardown(function, world_start, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_leaves_the_content_as_it_is_breaks_no_seal),
        test(any_other_change_breaks_it),
        test(what_was_added_can_be_asked_for),
        test(a_folder_that_is_gone_cannot_be_sealed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
