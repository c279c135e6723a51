#include "engine/inputs.h"

#include "base/hash.h"
#include "engine/path.h"
#include "store/input.h"

#include <stdlib.h>
#include <string.h>

static int read_input(struct rt_json *input, const char *folder, struct rt_err *err)
{
    const char *name = rt_json_get_text(input, "path", "");
    char *path = rt_path_resolve(folder, name);
    char hex[RT_HASH_HEX];
    struct rt_hash hash;
    uint64_t bytes = 0;
    int rc = rt_input_hash(path, &hash, &bytes, err);

    if (rc == 0) {
        rt_json_set_text(input, "sha256", rt_hash_hex(&hash, hex));
        rt_json_set_int(input, "bytes", (int64_t)bytes);
    } else {
        rt_err_while(err, "reading the input \"%s\"", name);
        rc = err->code = RT_EUSAGE;
    }
    free(path);
    return rc;
}

int rt_inputs_read(struct rt_json *plan, const char *folder, struct rt_err *err)
{
    const struct rt_json *inputs = rt_json_get(plan, "inputs");
    struct rt_json *read;
    int rc = 0;

    if (!inputs)
        return 0;
    read = rt_json_new_array();
    for (size_t i = 0; rc == 0 && i < rt_json_count(inputs); i++) {
        struct rt_json *input = rt_json_copy(rt_json_at(inputs, i));

        rc = read_input(input, folder, err);
        rt_json_append(read, input);
    }
    if (rc < 0)
        rt_json_free(read);
    else
        rt_json_set(plan, "inputs", read);
    return rc;
}

const char *rt_inputs_changed(const struct rt_json *before, const struct rt_json *now)
{
    const struct rt_json *old = rt_json_get(before, "inputs");
    const struct rt_json *new = rt_json_get(now, "inputs");

    for (size_t i = 0; i < rt_json_count(new); i++) {
        const char *path = rt_json_get_text(rt_json_at(new, i), "path", "");

        for (size_t j = 0; j < rt_json_count(old); j++) {
            const struct rt_json *input = rt_json_at(old, j);

            if (strcmp(rt_json_get_text(input, "path", ""), path) == 0 &&
                !rt_json_equal(input, rt_json_at(new, i)))
                return path;
        }
    }
    return NULL;
}
