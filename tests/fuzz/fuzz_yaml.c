/* JSON as YAML: what both parsers read must be the same. */
#include "engine/yaml.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rt_span text = rt_span(data, size);
    struct rt_json *want;
    struct rt_yaml *yaml;
    struct rt_err err;

    if (rt_json_parse(text, &want, &err) < 0)
        return 0;
    for (int json = 0; json < 2; json++) {
        struct rt_json *got;
        char *got_text;
        char *want_text;

        if (rt_yaml_parse(text, "a", json, &yaml, &err) < 0)
            continue;
        got = rt_yaml_json(rt_yaml_root(yaml));
        got_text = rt_json_text(got);
        want_text = rt_json_text(want);
        if (strcmp(got_text, want_text) != 0)
            abort();
        free(got_text);
        free(want_text);
        rt_json_free(got);
        rt_yaml_free(yaml);
    }
    rt_json_free(want);
    return 0;
}
