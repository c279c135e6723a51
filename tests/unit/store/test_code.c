#include "tests/unit/store/code_world.h"

#include <signal.h>
#include <sys/resource.h>

static void a_plain_folder_is_stored_with_modes_and_links(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/lib/util.py", "");
    put(world, "noise/run.sh", "#!/bin/sh\n");
    put(world, "noise/model.pyc", "made");
    put(world, "noise/look.ipynb", "{}");
    put(world, "noise/.retrial/format", "1");
    put(world, "noise/venv/pyvenv.cfg", "");
    put(world, "noise/venv/lib/site.py", "");
    sh(world, "noise", "chmod 755 run.sh; ln -s model.py alias; mkfifo pipe");
    snapshot(world, "noise");
    assert_true(has(world, "noise/model.py", "x = 1\n"));
    assert_true(has(world, "noise/lib/util.py", ""));
    assert_true(has(world, "noise/alias", "model.py"));
    assert_false(has(world, "noise/model.pyc", NULL));
    assert_false(has(world, "noise/look.ipynb", NULL));
    assert_false(has(world, "noise/.retrial/format", NULL));
    assert_false(has(world, "noise/venv/lib/site.py", NULL));
    assert_true(names(world, "linked", "venv"));
    assert_null(fact(world, "commit"));
    assert_string_equal(fact(world, "reason"), "no git repository");
    assert_int_equal(rt_json_get_int(root(world, 0), "files", -1), 4);
    sh(world, "store/code.git",
       "git ls-tree -r refs/retrial/$(git for-each-ref --format='%%(refname:lstrip=2)') | "
       "grep -q '^100755 .*noise/run.sh' && git fsck --strict 2>&1");
}

static void a_repository_without_commits_is_stored_with_the_reason(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    sh(world, "noise", "git init -q -b trunk");
    snapshot(world, "noise");
    assert_true(has(world, "noise/model.py", NULL));
    assert_null(fact(world, "commit"));
    assert_string_equal(fact(world, "branch"), "trunk");
    assert_string_equal(fact(world, "reason"), "no commit yet");
    assert_true(dirty(world));
}

static void a_clean_repository_names_its_commit(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/.gitignore", "*.log\n");
    put(world, "noise/old.log", "");
    git_start(world, "noise");
    sh(world, "noise", "git remote add origin https://me:secret@host.example/noise.git");
    snapshot(world, "noise");
    assert_int_equal(strlen(fact(world, "commit")), 40);
    assert_string_equal(fact(world, "branch"), "main");
    assert_string_equal(fact(world, "remote"), "https://host.example/noise.git");
    assert_null(fact(world, "reason"));
    assert_false(dirty(world));
    assert_true(names(world, "linked", "old.log"));
}

static void without_an_origin_the_first_remote_is_named(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    git_start(world, "noise");
    snapshot(world, "noise");
    assert_null(fact(world, "remote"));
    sh(world, "noise", "git remote add up git@host.example:me/a.git");
    snapshot(world, "noise");
    assert_string_equal(fact(world, "remote"), "host.example:me/a.git");
    sh(world, "noise", "git remote add origin /srv/a.git");
    snapshot(world, "noise");
    assert_string_equal(fact(world, "remote"), "/srv/a.git");
}

static void files_beside_folders_of_similar_names_are_kept_apart(void **state)
{
    struct world *world = *state;

    put(world, "noise/a/b/deep.py", "1");
    put(world, "noise/a/b.py", "2");
    put(world, "noise/a-b/x.py", "3");
    put(world, "noise/a.py", "4");
    put(world, "noise/z", "5");
    snapshot(world, "noise");
    assert_true(has(world, "noise/a/b/deep.py", "1"));
    assert_true(has(world, "noise/a/b.py", "2"));
    assert_true(has(world, "noise/a-b/x.py", "3"));
    assert_true(has(world, "noise/a.py", "4"));
    assert_true(has(world, "noise/z", "5"));
    sh(world, "store/code.git", "git fsck --strict 2>&1");
}

static void dirty_and_untracked_files_are_stored_and_ignored_ones_linked(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/.gitignore", "data/\n");
    git_start(world, "noise");
    put(world, "noise/model.py", "x = 2\n");
    put(world, "noise/fresh.py", "y\n");
    put(world, "noise/data/big.csv", "1,2\n");
    snapshot(world, "noise");
    assert_true(dirty(world));
    assert_true(has(world, "noise/model.py", "x = 2\n"));
    assert_true(has(world, "noise/fresh.py", "y\n"));
    assert_false(has(world, "noise/data/big.csv", NULL));
    assert_true(names(world, "linked", "data"));
}

static void a_deleted_file_makes_the_root_dirty(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/other.py", "");
    git_start(world, "noise");
    sh(world, "noise", "rm other.py");
    snapshot(world, "noise");
    assert_true(dirty(world));
    assert_false(has(world, "noise/other.py", NULL));
}

static void an_edit_hidden_by_assume_unchanged_is_seen(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    git_start(world, "noise");
    sh(world, "noise", "git update-index --assume-unchanged model.py");
    put(world, "noise/model.py", "x = 2\n");
    snapshot(world, "noise");
    assert_true(has(world, "noise/model.py", "x = 2\n"));
    assert_true(dirty(world));
}

static void line_ends_that_git_would_turn_are_kept_and_not_dirty(void **state)
{
    struct world *world = *state;

    put(world, "noise/.gitattributes", "*.bat text eol=crlf\n");
    put(world, "noise/a.bat", "one\r\ntwo\r\n");
    git_start(world, "noise");
    snapshot(world, "noise");
    assert_true(has(world, "noise/a.bat", "one\r\ntwo\r\n"));
    assert_false(dirty(world));
}

static void a_detached_head_has_a_commit_and_no_branch(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    git_start(world, "noise");
    sh(world, "noise", "git checkout -q --detach");
    snapshot(world, "noise");
    assert_non_null(fact(world, "commit"));
    assert_null(fact(world, "branch"));
    assert_false(dirty(world));
}

static void a_shallow_clone_is_like_any_other(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    git_start(world, "noise");
    sh(world, "noise", "git commit -q --allow-empty -m second");
    sh(world, ".", "git clone -q --depth 1 file://$PWD/noise copy");
    snapshot(world, "copy");
    assert_non_null(fact(world, "commit"));
    assert_false(dirty(world));
}

static void a_partial_and_sparse_clone_is_read(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/far/away.py", "");
    git_start(world, "noise");
    sh(world, "noise", "git config uploadpack.allowFilter true");
    sh(world, ".",
       "git clone -q --filter=blob:none --sparse file://$PWD/noise copy && cd copy && "
       "git sparse-checkout set --no-cone /model.py");
    snapshot(world, "copy");
    assert_non_null(fact(world, "commit"));
    assert_null(fact(world, "reason"));
    assert_false(dirty(world));
    assert_true(has(world, "copy/model.py", NULL));
    assert_false(has(world, "copy/far/away.py", NULL));
}

static void a_sha256_repository_is_a_plain_folder_with_a_reason(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    sh(world, "noise", "git init -q --object-format=sha256");
    snapshot(world, "noise");
    assert_true(has(world, "noise/model.py", NULL));
    assert_null(fact(world, "commit"));
    assert_non_null(strstr(fact(world, "reason"), "opening the git repository"));
}

static void a_damaged_repository_gives_a_reason_and_the_files(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    git_start(world, "noise");
    put(world, "noise/.git/index", "nonsense");
    snapshot(world, "noise");
    assert_true(has(world, "noise/model.py", "x = 1\n"));
    assert_non_null(fact(world, "commit"));
    assert_non_null(strstr(fact(world, "reason"), "index"));
    sh(world, "noise", "rm -rf .git/index .git/objects/??");
    snapshot(world, "noise");
    assert_true(has(world, "noise/model.py", "x = 1\n"));
    assert_non_null(strstr(fact(world, "reason"), "HEAD commit"));
    assert_true(dirty(world));
    put(world, "noise/.git/HEAD", "nonsense");
    snapshot(world, "noise");
    assert_true(has(world, "noise/model.py", "x = 1\n"));
    assert_null(fact(world, "commit"));
    assert_non_null(fact(world, "reason"));
}

static void a_broken_repository_inside_is_walked_as_files(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/sub/.git", "gitdir: ../nowhere\n");
    put(world, "noise/sub/util.py", "u\n");
    snapshot(world, "noise");
    assert_true(has(world, "noise/sub/util.py", "u\n"));
    assert_false(has(world, "noise/sub/.git", NULL));
}

static void a_repository_of_another_user_is_read(void **state)
{
    struct world *world = *state;

    if (geteuid() != 0) {
        print_message("needs root, to give a repository to another user\n");
        skip();
    }
    put(world, "noise/model.py", "x = 1\n");
    git_start(world, "noise");
    sh(world, ".", "chown -R 12345:12345 noise");
    snapshot(world, "noise");
    assert_non_null(fact(world, "commit"));
    assert_false(dirty(world));
}

static void a_folder_inside_a_repository_is_only_itself(void **state)
{
    struct world *world = *state;

    put(world, "all/noise/model.py", "x = 1\n");
    put(world, "all/other/model.py", "");
    git_start(world, "all");
    put(world, "all/other/model.py", "changed\n");
    snapshot(world, "all/noise");
    assert_non_null(fact(world, "commit"));
    assert_false(dirty(world));
    assert_true(has(world, "noise/model.py", NULL));
    assert_int_equal(rt_json_get_int(root(world, 0), "files", -1), 1);
    put(world, "all/noise/model.py", "x = 2\n");
    snapshot(world, "all/noise");
    assert_true(dirty(world));
}

static void a_folder_that_its_repository_ignores_is_plain(void **state)
{
    struct world *world = *state;

    put(world, "home/.gitignore", "*\n");
    sh(world, "home", "git init -q");
    put(world, "home/noise/model.py", "x = 1\n");
    snapshot(world, "home/noise");
    assert_true(has(world, "noise/model.py", NULL));
    assert_non_null(strstr(fact(world, "reason"), "ignored by"));
}

static void a_submodule_is_stored_with_its_own_rules(void **state)
{
    struct world *world = *state;

    put(world, "lib/util.py", "u = 1\n");
    put(world, "lib/.gitignore", "*.tmp\n");
    git_start(world, "lib");
    put(world, "noise/model.py", "x = 1\n");
    git_start(world, "noise");
    sh(world, "noise",
       "git -c protocol.file.allow=always submodule add -q ../lib sub 2>&1 && "
       "git commit -q -m sub");
    put(world, "noise/sub/a.tmp", "");
    snapshot(world, "noise");
    assert_true(has(world, "noise/sub/util.py", "u = 1\n"));
    assert_true(names(world, "linked", "sub/a.tmp"));
    assert_false(dirty(world));
    put(world, "noise/sub/util.py", "u = 2\n");
    snapshot(world, "noise");
    assert_true(has(world, "noise/sub/util.py", "u = 2\n"));
    assert_true(dirty(world));
}

static void secrets_are_named_and_not_stored(void **state)
{
    struct world *world = *state;

    put(world, "noise/.env", "KEY=1");
    put(world, "noise/server.pem", "k");
    put(world, "noise/.ssh/id_rsa", "k");
    put(world, "noise/hf_token", "k");
    put(world, "noise/.netrc", "k");
    put(world, "noise/tokenizer.py", "t\n");
    put(world, "noise/.gitignore", ".env\n");
    git_start(world, "noise");
    snapshot(world, "noise");
    assert_true(names(world, "left_out", ".env"));
    assert_true(names(world, "left_out", "server.pem"));
    assert_true(names(world, "left_out", ".ssh/id_rsa"));
    assert_true(names(world, "left_out", ".netrc"));
    assert_false(has(world, "noise/server.pem", NULL));
    assert_true(has(world, "noise/tokenizer.py", NULL));
    assert_false(dirty(world));
}

static void study_files_and_the_store_are_left_out(void **state)
{
    struct world *world = *state;
    char *folder = at(world, "noise");
    char *study = at(world, "noise/noise.yaml");
    char *store = at(world, "short/kept/code.git");
    const char *roots[] = {folder};
    const char *leave_out[] = {study};
    struct rt_code_request request = {.repository = store,
                                      .roots = roots,
                                      .count = 1,
                                      .leave_out = leave_out,
                                      .leave_out_count = 1};
    struct rt_json *record = NULL;
    struct rt_hash first;
    struct rt_hash second;
    struct rt_err err;

    put(world, "noise/noise.yaml", "name: noise\n");
    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/kept/journal/data", "not code\n");
    sh(world, ".", "ln -s noise short");
    expect_ok(err, rt_code_snapshot(&request, &first, &record, &err));
    rt_json_free(record);
    put(world, "noise/noise.yaml", "name: other\n");
    expect_ok(err, rt_code_snapshot(&request, &second, &record, &err));
    assert_true(rt_hash_equal(&first, &second));
    assert_int_equal(rt_json_get_int(rt_json_at(rt_json_get(record, "roots"), 0), "files", -1), 1);
    rt_json_free(record);
    free(store);
    free(study);
    free(folder);
}

static void the_entry_is_code_even_if_git_ignores_it(void **state)
{
    struct world *world = *state;
    char *folder = at(world, "noise");
    char *entry = at(world, "noise/build/libmodel.so");
    const char *roots[] = {folder};
    const char *keep[] = {entry};
    struct rt_code_request request = {
        .repository = world->store, .roots = roots, .count = 1, .keep = keep, .keep_count = 1};
    struct rt_hash first;
    struct rt_err err;

    put(world, "noise/model.c", "int x;\n");
    put(world, "noise/.gitignore", "build/\n");
    git_start(world, "noise");
    put(world, "noise/build/libmodel.so", "one\n");
    put(world, "noise/build/model.o", "object\n");
    put(world, "noise/build/more/cache", "data\n");
    expect_ok(err, rt_code_snapshot(&request, &first, &world->record, &err));
    assert_false(names(world, "linked", "build"));
    assert_false(names(world, "linked", "build/libmodel.so"));
    assert_true(names(world, "linked", "build/model.o"));
    assert_true(names(world, "linked", "build/more"));
    assert_true(dirty(world));
    put(world, "noise/build/libmodel.so", "two\n");
    rt_json_free(world->record);
    expect_ok(err, rt_code_snapshot(&request, &world->code, &world->record, &err));
    assert_false(rt_hash_equal(&first, &world->code));
    assert_true(has(world, "noise/build/libmodel.so", "two\n"));
    free(entry);
    free(folder);
}

/* Bytes that this process has read so far, of anything. */
static long long bytes_read(void)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_err err;
    long long bytes;

    expect_ok(err, rt_fs_read("/proc/self/io", &text, &err));
    bytes = atoll(strchr(rt_buf_text(&text), ' '));
    rt_buf_clear(&text);
    return bytes;
}

static void a_huge_untracked_file_is_linked_without_being_read(void **state)
{
    struct world *world = *state;
    long long before;

    put(world, "noise/model.py", "x = 1\n");
    git_start(world, "noise");
    sh(world, "noise", "truncate -s 1G weights.bin");
    before = bytes_read();
    snapshot(world, "noise");
    assert_true(bytes_read() - before < 1000000);
    assert_true(names(world, "linked", "weights.bin"));
    assert_false(has(world, "noise/weights.bin", NULL));
}

static void a_large_folder_of_data_is_linked_as_a_whole(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    sh(world, "noise", "mkdir -p data/x && cd data/x && truncate -s 9M a b c d e f g h");
    snapshot(world, "noise");
    assert_true(names(world, "linked", "data/x"));
    assert_false(names(world, "linked", "data"));
    put(world, "noise/data/x/load.py", "");
    snapshot(world, "noise");
    assert_true(has(world, "noise/data/x/load.py", NULL));
}

static void a_link_out_of_the_root_is_not_followed(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "outside/secret.py", "s\n");
    sh(world, "noise", "ln -s ../outside out && ln -s / all");
    snapshot(world, "noise");
    assert_true(has(world, "noise/out", "../outside"));
    assert_true(has(world, "noise/all", "/"));
    assert_false(has(world, "noise/out/secret.py", NULL));
    assert_true(names(world, "linked", "out"));
    assert_true(names(world, "linked", "all"));
}

static void a_snapshot_taken_again_is_equal_and_writes_nothing(void **state)
{
    struct world *world = *state;
    struct rt_hash first;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/lib/util.py", "u\n");
    snapshot(world, "noise");
    first = world->code;
    sh(world, "store/code.git", "find . -type f | sort | xargs sha256sum >../before");
    sh(world, "noise", "touch model.py");
    snapshot(world, "noise");
    assert_true(rt_hash_equal(&first, &world->code));
    sh(world, "store/code.git", "find . -type f | sort | xargs sha256sum | cmp - ../before");
}

static void the_repository_of_the_user_stays_as_it_is(void **state)
{
    static const char list[] = "find noise/.git -printf '%p %m %T@ %s\\n' | sort";
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    git_start(world, "noise");
    put(world, "noise/model.py", "x = 2\n");
    sh(world, "noise", "git stash -q");
    put(world, "noise/model.py", "x = 3\n");
    put(world, "noise/staged.py", "");
    sh(world, "noise", "git add staged.py && touch model.py");
    sh(world, ".", "%s >before; find noise -type f | sort | xargs sha256sum >>before", list);
    snapshot(world, "noise");
    sh(world, ".", "(%s; find noise -type f | sort | xargs sha256sum) | cmp - before", list);
    assert_true(has(world, "noise/model.py", "x = 3\n"));
}

static void equal_names_and_nested_roots_are_kept_apart(void **state)
{
    const char *const folders[] = {"a/noise", "b/noise", "a", "a/noise"};
    struct world *world = *state;
    struct rt_err err;

    put(world, "a/noise/model.py", "a\n");
    put(world, "b/noise/model.py", "b\n");
    expect_ok(err, snapshot_of(world, folders, 4, &err));
    assert_int_equal(rt_json_count(rt_json_get(world->record, "roots")), 3);
    assert_true(has(world, "noise/model.py", "a\n"));
    assert_true(has(world, "noise-2/model.py", "b\n"));
    assert_true(has(world, "a/noise/model.py", "a\n"));
}

static void a_root_that_is_missing_is_an_error(void **state)
{
    const char *const folders[] = {"nowhere"};
    struct world *world = *state;
    struct rt_err err;

    expect_error(err, RT_EUSAGE, "nowhere", snapshot_of(world, folders, 1, &err));
}

static void a_damaged_store_is_an_error(void **state)
{
    const char *const folders[] = {"noise"};
    struct world *world = *state;
    struct rt_err err;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "store/code.git/HEAD", "nonsense");
    expect_error(err, RT_EDAMAGED, "opening the repository", snapshot_of(world, folders, 1, &err));
}

static void a_file_that_cannot_be_read_is_a_reason(void **state)
{
    struct world *world = *state;
    bool root = geteuid() == 0;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/closed.py", "");
    sh(world, "noise", "mkdir shut && chmod 0 closed.py shut");
    if (root) { /* root reads everything: be somebody else */
        sh(world, ".", "chown -R 65534 .");
        assert_int_equal(seteuid(65534), 0);
    }
    snapshot(world, "noise");
    assert_true(names(world, "linked", "closed.py"));
    assert_true(names(world, "linked", "shut"));
    assert_true(has(world, "noise/model.py", "x = 1\n"));
    if (root)
        assert_int_equal(seteuid(0), 0);
    sh(world, "noise", "chmod 700 shut");
}

/* Takes a snapshot in a process that is killed after a while. */
static void snapshot_killed_after(struct world *world, useconds_t us)
{
    const char *folder = "noise";
    pid_t child = fork();
    struct rt_err err;
    int status;

    if (child == 0)
        _exit(snapshot_of(world, &folder, 1, &err) < 0);
    usleep(us);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
}

static void a_writer_killed_at_any_time_leaves_a_store_that_works(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/lib/util.py", "u\n");
    for (useconds_t us = 0; us < 24000; us += 600)
        snapshot_killed_after(world, us);
    snapshot(world, "noise");
    assert_true(has(world, "noise/lib/util.py", "u\n"));
    sh(world, "store", "test $(ls) = code.git && git -C code.git fsck --strict 2>&1");
}

static void leftovers_of_a_killed_writer_are_cleared_away(void **state)
{
    struct world *world = *state;
    char hex[RT_HASH_HEX];
    char *lock;

    put(world, "noise/model.py", "x = 1\n");
    snapshot(world, "noise");
    rt_hash_hex(&world->code, hex);
    lock = rt_printf("store/code.git/refs/retrial/%s.lock", hex);
    put(world, lock, "");
    put(world, "store/code.git/objects/pack/pack_git2_0123", "half");
    sh(world, "store/code.git", "rm refs/retrial/%s", hex);
    snapshot(world, "noise");
    sh(world, ".", "test ! -e %s && test ! -e store/code.git/objects/pack/pack_git2_0123", lock);
    free(lock);
}

static void a_disk_without_room_is_an_error_and_does_no_harm(void **state)
{
    struct world *world = *state;
    const char *folder = "noise";
    struct rlimit before;
    struct rlimit little;
    struct rt_err err;

    put(world, "noise/model.py", "x = 1\n");
    snapshot(world, "noise");
    put(world, "noise/other.py", "o\n");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    little = (struct rlimit){20, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    expect_error(err, RT_EIO, "taking a snapshot", snapshot_of(world, &folder, 1, &err));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    snapshot(world, "noise");
    assert_true(has(world, "noise/other.py", "o\n"));
}

static void ten_thousand_untracked_files_are_all_taken(void **state)
{
    struct world *world = *state;

    put(world, "noise/model.py", "x = 1\n");
    git_start(world, "noise");
    sh(world, "noise",
       "for i in $(seq 100); do mkdir d$i; done; "
       "seq 10000 | awk '{ print > (\"d\" ($1 %% 100 + 1) \"/f\" $1) ; close(\"d\" ($1 %% 100 + 1) "
       "\"/f\" $1) }'");
    snapshot(world, "noise");
    assert_int_equal(rt_json_get_int(root(world, 0), "files", -1), 10001);
}

static void the_differences_of_two_states_can_be_read(void **state)
{
    struct world *world = *state;
    struct rt_buf text = RT_BUF_INIT;
    struct rt_hash first;
    struct rt_err err;

    put(world, "noise/model.py", "x = 1\n");
    put(world, "noise/old.py", "o\n");
    put(world, "noise/same.py", "s\n");
    snapshot(world, "noise");
    first = world->code;
    put(world, "noise/model.py", "x = 2\n");
    put(world, "noise/new.py", "n\n");
    sh(world, "noise", "rm old.py");
    snapshot(world, "noise");
    expect_ok(err, rt_code_diff(world->store, &first, &world->code, &text, &err));
    assert_string_equal(rt_buf_text(&text), "M noise/model.py\nA noise/new.py\nD noise/old.py\n");
    rt_buf_reset(&text);
    expect_ok(err, rt_code_patch(world->store, &first, &world->code, &text, &err));
    assert_non_null(strstr(rt_buf_text(&text), "\n-x = 1\n+x = 2\n"));
    rt_buf_clear(&text);
}

static void a_state_that_is_not_there_is_not_found(void **state)
{
    struct world *world = *state;
    struct rt_buf text = RT_BUF_INIT;
    struct rt_hash none = {{1}};
    struct rt_err err;

    expect_error(err, RT_ENOTFOUND, "no code",
                 rt_code_file(world->store, &none, "noise/model.py", &text, &err));
    put(world, "noise/model.py", "x = 1\n");
    snapshot(world, "noise");
    expect_error(err, RT_ENOTFOUND, "no code state 0100",
                 rt_code_diff(world->store, &none, &world->code, &text, &err));
    expect_error(err, RT_ENOTFOUND, "no file \"noise/none.py\"",
                 rt_code_file(world->store, &world->code, "noise/none.py", &text, &err));
    rt_buf_clear(&text);
}

#define test(name) cmocka_unit_test_setup_teardown(name, world_start, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_plain_folder_is_stored_with_modes_and_links),
        test(a_repository_without_commits_is_stored_with_the_reason),
        test(a_clean_repository_names_its_commit),
        test(without_an_origin_the_first_remote_is_named),
        test(files_beside_folders_of_similar_names_are_kept_apart),
        test(dirty_and_untracked_files_are_stored_and_ignored_ones_linked),
        test(a_deleted_file_makes_the_root_dirty),
        test(an_edit_hidden_by_assume_unchanged_is_seen),
        test(line_ends_that_git_would_turn_are_kept_and_not_dirty),
        test(a_detached_head_has_a_commit_and_no_branch),
        test(a_shallow_clone_is_like_any_other),
        test(a_partial_and_sparse_clone_is_read),
        test(a_sha256_repository_is_a_plain_folder_with_a_reason),
        test(a_damaged_repository_gives_a_reason_and_the_files),
        test(a_broken_repository_inside_is_walked_as_files),
        test(a_repository_of_another_user_is_read),
        test(a_folder_inside_a_repository_is_only_itself),
        test(a_folder_that_its_repository_ignores_is_plain),
        test(a_submodule_is_stored_with_its_own_rules),
        test(secrets_are_named_and_not_stored),
        test(study_files_and_the_store_are_left_out),
        test(the_entry_is_code_even_if_git_ignores_it),
        test(a_huge_untracked_file_is_linked_without_being_read),
        test(a_large_folder_of_data_is_linked_as_a_whole),
        test(a_link_out_of_the_root_is_not_followed),
        test(a_snapshot_taken_again_is_equal_and_writes_nothing),
        test(the_repository_of_the_user_stays_as_it_is),
        test(equal_names_and_nested_roots_are_kept_apart),
        test(a_root_that_is_missing_is_an_error),
        test(a_damaged_store_is_an_error),
        test(a_file_that_cannot_be_read_is_a_reason),
        test(a_writer_killed_at_any_time_leaves_a_store_that_works),
        test(leftovers_of_a_killed_writer_are_cleared_away),
        test(a_disk_without_room_is_an_error_and_does_no_harm),
        test(ten_thousand_untracked_files_are_all_taken),
        test(the_differences_of_two_states_can_be_read),
        test(a_state_that_is_not_there_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
