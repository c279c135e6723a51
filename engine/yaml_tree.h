#ifndef RT_ENGINE_YAML_TREE_H
#define RT_ENGINE_YAML_TREE_H
/* What engine/yaml.c reads into: nodes, and the text that their positions are in. */
#include "engine/yaml.h"

struct rt_yaml {
    struct rt_span text;
    const char *label;
    struct rt_yaml_node *root;
};

/* Refuses what libfyaml is not trusted with: bad UTF-8, control characters, too long a text. */
int rt_yaml_check_text(const struct rt_yaml *yaml, struct rt_err *err);

#endif
