#include "base/hash.h"

#include "base/alloc.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rt_hasher {
    EVP_MD_CTX *context;
};

static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

/* Fetching a digest takes longer than hashing a record with it: do it once. */
static void fetch_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!sha256)
        abort();
}

struct rt_hasher *rt_hasher_new(void)
{
    struct rt_hasher *hasher = rt_alloc(sizeof *hasher);

    pthread_once(&sha256_once, fetch_sha256);
    hasher->context = EVP_MD_CTX_new();
    if (!hasher->context || !EVP_DigestInit_ex2(hasher->context, sha256, NULL))
        abort();
    return hasher;
}

void rt_hasher_add(struct rt_hasher *hasher, const void *data, size_t size)
{
    if (size && !EVP_DigestUpdate(hasher->context, data, size))
        abort();
}

struct rt_hash rt_hasher_end(struct rt_hasher *hasher)
{
    struct rt_hash hash;

    if (!EVP_DigestFinal_ex(hasher->context, hash.bytes, NULL))
        abort();
    rt_hasher_free(hasher);
    return hash;
}

void rt_hasher_free(struct rt_hasher *hasher)
{
    if (!hasher)
        return;
    EVP_MD_CTX_free(hasher->context);
    free(hasher);
}

struct rt_hash rt_hash(struct rt_span span)
{
    struct rt_hasher *hasher = rt_hasher_new();

    rt_hasher_add(hasher, span.data, span.size);
    return rt_hasher_end(hasher);
}

struct rt_hash rt_hash_list(const struct rt_span *spans, size_t count)
{
    struct rt_hasher *hasher = rt_hasher_new();

    for (size_t i = 0; i < count; i++) {
        uint8_t size[8];

        for (int k = 0; k < 8; k++)
            size[k] = (uint8_t)((uint64_t)spans[i].size >> (8 * k));
        rt_hasher_add(hasher, size, sizeof size);
        rt_hasher_add(hasher, spans[i].data, spans[i].size);
    }
    return rt_hasher_end(hasher);
}

int rt_hash_file(const char *path, struct rt_hash *hash, uint64_t *size_bytes, struct rt_err *err)
{
    struct rt_hasher *hasher = NULL;
    char *piece = rt_alloc(1 << 16);
    uint64_t total = 0;
    ssize_t got;
    int rc = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        rc = rt_err_errno(err, RT_EIO, "opening \"%s\"", path);
        goto out;
    }
    hasher = rt_hasher_new();
    while ((got = read(fd, piece, 1 << 16)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            rc = rt_err_errno(err, RT_EIO, "reading \"%s\"", path);
            goto out;
        }
        rt_hasher_add(hasher, piece, (size_t)got);
        total += (uint64_t)got;
    }
    *hash = rt_hasher_end(hasher);
    hasher = NULL;
    if (size_bytes)
        *size_bytes = total;
out:
    rt_hasher_free(hasher);
    free(piece);
    if (fd >= 0)
        close(fd);
    return rc;
}
