/* rt_hash() and rt_hash_list() for retrial-guest.so: what the interpreter hashes with. A libcrypto
 * of ours would take the place of the one that its packages were built with (in a conda
 * environment, say), and they fail to load if theirs is newer. All is called by the thread that
 * runs Python. */
#include "engine/modules/guest.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

static PyObject *sha256; /* hashlib.sha256 */

int rt_guest_hash_start(void)
{
    PyObject *hashlib = PyImport_ImportModule("hashlib");

    sha256 = hashlib ? PyObject_GetAttrString(hashlib, "sha256") : NULL;
    Py_XDECREF(hashlib);
    return sha256 ? 0 : -1;
}

struct rt_hash rt_hash(struct rt_span span)
{
    PyObject *hasher =
        PyObject_CallFunction(sha256, "y#", span.data ? span.data : "", (Py_ssize_t)span.size);
    PyObject *digest = hasher ? PyObject_CallMethod(hasher, "digest", NULL) : NULL;
    struct rt_hash hash;
    Py_ssize_t size;
    char *data;

    if (!digest || PyBytes_AsStringAndSize(digest, &data, &size) < 0 || size != RT_HASH_SIZE) {
        PyErr_Print();
        abort();
    }
    memcpy(hash.bytes, data, RT_HASH_SIZE);
    Py_DECREF(digest);
    Py_DECREF(hasher);
    return hash;
}

struct rt_hash rt_hash_list(const struct rt_span *spans, size_t count)
{
    struct rt_buf bytes = RT_BUF_INIT;
    struct rt_hash hash;

    for (size_t i = 0; i < count; i++) {
        rt_buf_put_u64(&bytes, spans[i].size);
        rt_buf_put(&bytes, spans[i].data, spans[i].size);
    }
    hash = rt_hash(rt_buf_span(&bytes));
    rt_buf_clear(&bytes);
    return hash;
}
