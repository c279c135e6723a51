#include "tests/unit/store/code_world.h"

static char *text_of(struct world *world, const char *path)
{
    struct rt_buf content = RT_BUF_INIT;
    char *full = at(world, path);
    struct rt_err err;

    expect_ok(err, rt_fs_read(full, &content, &err));
    free(full);
    return rt_buf_take(&content);
}

static void expect_text(struct world *world, const char *path, const char *expected)
{
    char *text = text_of(world, path);

    assert_string_equal(text, expected);
    free(text);
}

static void what_was_snapshotted_is_unpacked_read_only(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/lib/run.sh", "#!/bin/sh\n");
    sh(world, "noise", "chmod 755 lib/run.sh; ln -s lib/run.sh go; mkdir empty");
    snapshot(world, "noise");
    unpack(world, "work/code");
    expect_text(world, "work/code/noise/model.py", "x = 1\n");
    sh(world, "work/code/noise",
       "test $(stat -c %%a model.py) = 444; test $(stat -c %%a lib/run.sh) = 555 && "
       "test $(readlink go) = lib/run.sh && ./go");
    sh(world, "work", "test $(ls | wc -l) = 1 && rm -r code");
}

static void an_edit_after_the_snapshot_changes_nothing(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    snapshot(world, "noise");
    put(world, "noise/model.py", "x = 2\n");
    unpack(world, "work/code");
    expect_text(world, "work/code/noise/model.py", "x = 1\n");
}

static void linked_entries_lead_to_the_originals(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/.gitignore", "data\n");
    put(world, "noise/lib/deep/x.py", "");
    git_start(world, "noise");
    put(world, "noise/data/big.csv", "1,2\n");
    put(world, "outside/o.txt", "o\n");
    sh(world, "noise/lib", "truncate -s 11M weights; ln -s ../../outside out; ln -s deep in");
    snapshot(world, "noise");
    unpack(world, "work/code");
    expect_text(world, "work/code/noise/data/big.csv", "1,2\n");
    expect_text(world, "work/code/noise/lib/out/o.txt", "o\n");
    sh(world, "work/code/noise/lib",
       "test -L weights && test $(readlink in) = deep && test -s weights");
}

static void unpacking_again_keeps_what_is_whole_and_mends_what_is_not(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    snapshot(world, "noise");
    unpack(world, "work/code");
    put(world, "work/code/noise/__pycache__/model.pyc", "made");
    unpack(world, "work/code");
    expect_text(world, "work/code/noise/__pycache__/model.pyc", "made");
    sh(world, "work/code/noise", "chmod 644 model.py; echo x = 7 >model.py; chmod 444 model.py");
    unpack(world, "work/code");
    expect_text(world, "work/code/noise/model.py", "x = 1\n");
    sh(world, "work", "test $(ls | wc -l) = 1");
}

static void unpackers_of_the_same_state_do_not_disturb_each_other(void **state)
{
    struct world *world = *state;
    pid_t children[8];

    put(world, "noise/model.py", "x = 1\n");
    sh(world, "noise", "for i in $(seq 200); do echo $i >f$i.py; done");
    snapshot(world, "noise");
    for (int i = 0; i < 8; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            unpack(world, "work/code");
            _exit(0);
        }
    }
    for (int i = 0; i < 8; i++) {
        int status;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    expect_text(world, "work/code/noise/f200.py", "200\n");
    sh(world, "work", "test $(ls | wc -l) = 1");
}

static void a_bundle_of_another_state_is_refused(void **state)
{
    struct world *world = *state;
    struct rt_buf bundle = RT_BUF_INIT;
    struct rt_hash other = {{7}};
    char *folder = at(world, "work/code");
    struct rt_err err;

    put(world, "noise/model.py", "x = 1\n");
    snapshot(world, "noise");
    expect_ok(err, rt_code_bundle(world->store, &world->code, world->record, &bundle, &err));
    expect_error(err, RT_EDAMAGED, "not of code state 0700",
                 rt_code_unpack(rt_buf_span(&bundle), &other, folder, &err));
    bundle.data[bundle.size / 2] ^= 1;
    expect_error(err, RT_EDAMAGED, "checksum",
                 rt_code_unpack(rt_buf_span(&bundle), &world->code, folder, &err));
    assert_false(rt_fs_exists(folder));
    rt_buf_clear(&bundle);
    free(folder);
}

#define test(name) cmocka_unit_test_setup_teardown(name, world_start, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_was_snapshotted_is_unpacked_read_only),
        test(an_edit_after_the_snapshot_changes_nothing),
        test(linked_entries_lead_to_the_originals),
        test(unpacking_again_keeps_what_is_whole_and_mends_what_is_not),
        test(unpackers_of_the_same_state_do_not_disturb_each_other),
        test(a_bundle_of_another_state_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
