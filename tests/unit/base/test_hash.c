#include "tests/expect.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/hash.h"

static void expect_hash(struct rt_hash hash, const char *want)
{
    char hex[RT_HASH_HEX];

    assert_string_equal(rt_hash_hex(&hash, hex), want);
}

#define ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* FIPS 180-4. */
static void it_is_sha_256(void **state)
{
    (void)state;
    expect_hash(rt_hash(rt_span_text("abc")), ABC);
    expect_hash(rt_hash(rt_span(NULL, 0)), EMPTY);
}

static void pieces_hash_like_the_whole(void **state)
{
    struct rt_hasher *hasher = rt_hasher_new();

    (void)state;
    rt_hasher_add(hasher, "a", 1);
    rt_hasher_add(hasher, NULL, 0);
    rt_hasher_add(hasher, "bc", 2);
    expect_hash(rt_hasher_end(hasher), ABC);
    rt_hasher_free(rt_hasher_new());
    rt_hasher_free(NULL);
}

static void lists_do_not_collide(void **state)
{
    struct rt_span one[] = {rt_span_text("ab"), rt_span_text("c")};
    struct rt_span two[] = {rt_span_text("a"), rt_span_text("bc")};
    struct rt_hash a = rt_hash_list(one, 2);
    struct rt_hash b = rt_hash_list(two, 2);

    (void)state;
    assert_false(rt_hash_equal(&a, &b));
    expect_hash(rt_hash_list(one, 2),
                "43ee655579de01ca739b3f95c1c2d3f46d353b2c0df818064ea594506cdb2617");
    expect_hash(rt_hash_list(NULL, 0), EMPTY);
}

static void hex_is_read_back_or_refused(void **state)
{
    struct rt_hash hash;

    (void)state;
    assert_int_equal(rt_hash_from_hex(&hash, ABC), 0);
    expect_hash(hash, ABC);
    assert_int_equal(rt_hash_from_hex(&hash, ""), -1);
    assert_int_equal(rt_hash_from_hex(&hash, ABC "0"), -1);
    assert_int_equal(rt_hash_from_hex(&hash, "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410"
                                             "FF61F20015AD"),
                     -1);
    assert_int_equal(rt_hash_from_hex(&hash, "ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410"
                                             "ff61f20015ad"),
                     -1);
}

static void files_are_hashed_in_pieces(void **state)
{
    char path[] = "/tmp/rt-hash-XXXXXX";
    int fd = mkstemp(path);
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_hash hash;
    struct rt_hash whole;
    struct rt_err err;
    uint64_t size = 0;

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (int i = 0; i < 70000; i++)
        rt_buf_put_u32(&bytes, (uint32_t)i);
    expect_ok(err, rt_fs_replace(path, rt_buf_span(&bytes), 0600, &err));
    expect_ok(err, rt_hash_file(path, &hash, &size, &err));
    whole = rt_hash(rt_buf_span(&bytes));
    assert_true(rt_hash_equal(&hash, &whole));
    assert_int_equal(size, 280000);
    unlink(path);
    expect_error(err, RT_EIO, path, rt_hash_file(path, &hash, NULL, &err));
    expect_error(err, RT_EIO, "Is a directory", rt_hash_file("/tmp", &hash, NULL, &err));
    rt_buf_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_sha_256),
        cmocka_unit_test(pieces_hash_like_the_whole),
        cmocka_unit_test(lists_do_not_collide),
        cmocka_unit_test(hex_is_read_back_or_refused),
        cmocka_unit_test(files_are_hashed_in_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
