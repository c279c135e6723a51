#include "engine/packages.h"

#include "base/alloc.h"

#include <stdlib.h>

void rt_packages_clear(struct rt_packages *packages)
{
    free(packages->known);
    *packages = (struct rt_packages){.known = NULL};
}

static bool is_known(const struct rt_packages *packages, const struct rt_hash *hash)
{
    for (size_t i = 0; i < packages->count; i++) {
        if (rt_hash_equal(&packages->known[i], hash))
            return true;
    }
    return false;
}

void rt_packages_note(struct rt_packages *packages, struct rt_json *interpreter)
{
    struct rt_json *list = rt_json_get(interpreter, "packages");
    struct rt_json *noted;
    struct rt_buf text = RT_BUF_INIT;
    char hex[RT_HASH_HEX];
    struct rt_hash hash;

    if (!list || rt_json_kind(list) != RT_JSON_OBJECT)
        return;
    rt_json_canonical(list, &text);
    hash = rt_hash(rt_buf_span(&text));
    rt_buf_clear(&text);
    noted = rt_json_new_object();
    rt_json_set_text(noted, "sha256", rt_hash_hex(&hash, hex));
    rt_json_set_int(noted, "count", (int64_t)rt_json_count(list));
    if (!is_known(packages, &hash)) {
        rt_json_set(noted, "list", rt_json_keep(list));
        packages->known = rt_grow(packages->known, &packages->capacity, packages->count + 1,
                                  sizeof *packages->known);
        packages->known[packages->count++] = hash;
    }
    rt_json_set(interpreter, "packages", noted);
}
