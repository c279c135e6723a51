/* Any bytes as a bundle: refused, or read into clean paths that make the same bundle again. */
#include "store/beneath.h"
#include "store/bundle.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_again(struct rt_buf *out, const struct rt_bundle *bundle)
{
    size_t start = rt_bundle_start(out, bundle->root_count, bundle->file_count, bundle->link_count);

    for (size_t i = 0; i < bundle->root_count; i++)
        rt_bundle_put_root(out, bundle->roots[i]);
    for (size_t i = 0; i < bundle->file_count; i++)
        rt_bundle_put_file(out, bundle->files[i].path, bundle->files[i].mode,
                           bundle->files[i].content);
    for (size_t i = 0; i < bundle->link_count; i++)
        rt_bundle_put_link(out, bundle->links[i].path, bundle->links[i].target);
    rt_bundle_end(out, start);
}

static void check(struct rt_span data)
{
    struct rt_buf again = RT_BUF_INIT;
    struct rt_bundle bundle;
    struct rt_bundle second;
    struct rt_hash code;
    struct rt_hash same;
    struct rt_err err;

    if (rt_bundle_read(data, &bundle, &err) < 0)
        return;
    for (size_t i = 0; i < bundle.file_count; i++)
        if (!rt_beneath_valid(bundle.files[i].path) || strstr(bundle.files[i].path, "/../"))
            abort();
    put_again(&again, &bundle);
    if (again.size > data.size || rt_bundle_read(rt_buf_span(&again), &second, &err) < 0)
        abort();
    code = rt_bundle_code(&bundle);
    same = rt_bundle_code(&second);
    if (!rt_hash_equal(&code, &same))
        abort();
    rt_bundle_clear(&second);
    rt_bundle_clear(&bundle);
    rt_buf_clear(&again);
}

/* The bytes as they are, and as what is between the version and the checksum: no fuzzer finds a
 * checksum by itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rt_buf framed = RT_BUF_INIT;
    size_t start = rt_bundle_start(&framed, 0, 0, 0);

    check(rt_span(data, size));
    framed.size -= 3; /* the three counts, of one byte each, come from the data */
    rt_buf_put(&framed, data, size);
    rt_bundle_end(&framed, start);
    check(rt_buf_span(&framed));
    rt_buf_clear(&framed);
    return 0;
}
