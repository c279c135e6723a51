#include "tests/unit/store/code_world.h"

#include "store/code_commit.h"

/* The code state that the roots of the last snapshot are at a revision; it becomes the world's. */
static int go_to(struct world *world, const char *revision, struct rt_err *err)
{
    struct rt_code_commit_request request = {.repository = world->store,
                                             .like = world->record,
                                             .revision = revision,
                                             .ignore = world->ignore,
                                             .ignore_count = world->ignore_count};
    struct rt_json *record;
    int rc = rt_code_commit(&request, &world->code, &record, err);

    if (rc == 0) {
        rt_json_free(world->record);
        world->record = record;
    }
    return rc;
}

/* Two commits: first, then second. */
static void two_commits(struct world *world)
{
    put(world, "repo/noise/model.py", "one\n");
    put(world, "repo/noise/old.py", "old\n");
    put(world, "repo/other.py", "not in the root\n");
    git_start(world, "repo");
    sh(world, "repo", "git tag before");
    put(world, "repo/noise/model.py", "two\n");
    sh(world, "repo", "git rm -q noise/old.py && git commit -qam second");
}

static void a_commit_is_had_without_touching_the_work_tree(void **state)
{
    struct world *world = *state;
    struct rt_err err;

    two_commits(world);
    put(world, "repo/noise/model.py", "three, not committed\n");
    snapshot(world, "repo/noise");
    assert_true(dirty(world));
    expect_ok(err, go_to(world, "before", &err));
    assert_true(has(world, "noise/model.py", "one\n"));
    assert_true(has(world, "noise/old.py", "old\n"));
    assert_false(has(world, "other.py", NULL));
    assert_false(dirty(world));
    assert_int_equal(rt_json_get_int(root(world, 0), "files", 0), 2);
    expect_ok(err, go_to(world, "HEAD", &err));
    assert_true(has(world, "noise/model.py", "two\n"));
    assert_false(has(world, "noise/old.py", NULL));
    sh(world, "repo", "grep -q three noise/model.py && git diff --quiet --cached");
}

static void a_clean_snapshot_and_its_commit_are_one_code_state(void **state)
{
    struct world *world = *state;
    struct rt_hash before;
    struct rt_err err;

    two_commits(world);
    put(world, "repo/noise/link", "");
    sh(world, "repo",
       "ln -sf model.py noise/link && chmod +x noise/model.py && git add -A && "
       "git commit -qm third");
    snapshot(world, "repo/noise");
    before = world->code;
    expect_ok(err, go_to(world, fact(world, "commit"), &err));
    assert_true(rt_hash_equal(&before, &world->code));
    unpack(world, "out");
    sh(world, "out", "test -x noise/model.py && test -L noise/link");
}

static void what_a_study_ignores_is_no_code_of_a_commit_either(void **state)
{
    static const char *const patterns[] = {"*.csv", "!table.csv", "data/", "old*"};
    struct world *world = *state;
    struct rt_hash before;
    struct rt_err err;

    put(world, "noise/model.py", "one\n");
    put(world, "noise/rows.csv", "1\n");
    put(world, "noise/table.csv", "2\n");
    put(world, "noise/data/below/rows.txt", "3\n");
    put(world, "noise/older/model.py", "0\n");
    git_start(world, "noise");
    world->ignore = patterns;
    world->ignore_count = sizeof patterns / sizeof *patterns;
    snapshot(world, "noise");
    before = world->code;
    assert_int_equal(rt_json_get_int(root(world, 0), "files", 0), 2);
    expect_ok(err, go_to(world, "HEAD", &err));
    assert_true(has(world, "noise/table.csv", "2\n"));
    assert_false(has(world, "noise/rows.csv", NULL));
    assert_int_equal(rt_json_get_int(root(world, 0), "files", 0), 2);
    assert_true(rt_hash_equal(&before, &world->code));
    assert_true(names(world, "linked", "data"));
}

static void what_git_ignores_stays_linked(void **state)
{
    struct world *world = *state;
    struct rt_err err;

    put(world, "noise/.gitignore", "data\n");
    put(world, "noise/model.py", "one\n");
    git_start(world, "noise");
    put(world, "noise/data/train.csv", "1\n");
    snapshot(world, "noise");
    assert_true(names(world, "linked", "data"));
    expect_ok(err, go_to(world, "HEAD", &err));
    assert_true(names(world, "linked", "data"));
    unpack(world, "out");
    sh(world, "out", "test -e noise/data/train.csv");
}

static void roots_without_the_commit_stay_as_recorded(void **state)
{
    static const char *const folders[] = {"repo/noise", "plain"};
    struct world *world = *state;
    struct rt_err err;

    two_commits(world);
    put(world, "plain/helper.py", "recorded\n");
    expect_ok(err, snapshot_of(world, folders, 2, &err));
    put(world, "plain/helper.py", "changed since\n");
    expect_ok(err, go_to(world, "before", &err));
    assert_true(has(world, "noise/model.py", "one\n"));
    assert_true(has(world, "plain/helper.py", "recorded\n"));
}

static void a_revision_that_is_not_there_is_not_found(void **state)
{
    struct world *world = *state;
    struct rt_err err;

    two_commits(world);
    snapshot(world, "repo/noise");
    expect_error(err, RT_ENOTFOUND, "no commit \"nowhere\"", go_to(world, "nowhere", &err));
    put(world, "plain/helper.py", "x\n");
    snapshot(world, "plain");
    expect_error(err, RT_ENOTFOUND, "in no git repository", go_to(world, "HEAD", &err));
}

static void study_files_notebooks_and_secrets_are_left_out(void **state)
{
    struct world *world = *state;
    struct rt_hash before;
    struct rt_err err;

    put(world, "noise/model.py", "one\n");
    put(world, "noise/look.ipynb", "{}\n");
    put(world, "noise/id_rsa", "secret\n");
    git_start(world, "noise");
    snapshot(world, "noise");
    before = world->code;
    expect_ok(err, go_to(world, "HEAD", &err));
    assert_true(rt_hash_equal(&before, &world->code));
    assert_false(has(world, "noise/look.ipynb", NULL));
    assert_false(has(world, "noise/id_rsa", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_commit_is_had_without_touching_the_work_tree, world_start,
                                        world_end),
        cmocka_unit_test_setup_teardown(a_clean_snapshot_and_its_commit_are_one_code_state,
                                        world_start, world_end),
        cmocka_unit_test_setup_teardown(what_a_study_ignores_is_no_code_of_a_commit_either,
                                        world_start, world_end),
        cmocka_unit_test_setup_teardown(what_git_ignores_stays_linked, world_start, world_end),
        cmocka_unit_test_setup_teardown(roots_without_the_commit_stay_as_recorded, world_start,
                                        world_end),
        cmocka_unit_test_setup_teardown(a_revision_that_is_not_there_is_not_found, world_start,
                                        world_end),
        cmocka_unit_test_setup_teardown(study_files_notebooks_and_secrets_are_left_out, world_start,
                                        world_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
