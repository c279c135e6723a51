#ifndef RT_ENGINE_YAML_TREE_H
#define RT_ENGINE_YAML_TREE_H
/* What engine/yaml.c reads into: nodes, and the text that their positions are in. */
#include "engine/yaml.h"

struct rt_yaml {
    struct rt_span text; /* lines end with \n alone: places stay the same, and parsers agree */
    const char *label;
    const char *const *lines; /* instead of a label: what each line is called; NULL: nothing */
    struct rt_yaml_node *root;
    char *copy;           /* what text points to */
    char *own_label;      /* of one that was chained: the same as label */
    struct rt_yaml *base; /* a document chained behind this one, or NULL */
};

/* Chains a document behind another: offsets in its nodes go on where those of the other end, so
 * that errors find both. Takes `base`; `label` becomes the base's own. */
void rt_yaml_chain(struct rt_yaml *yaml, struct rt_yaml *base, const char *label);

/* Frees what a node holds. */
void rt_yaml_node_clear(struct rt_yaml_node *node);

struct rt_yaml *rt_yaml_new(struct rt_span text, const char *label);

/* Refuses what libfyaml is not trusted with: bad UTF-8, control characters, text that is too
 * long, very many empty lines. */
int rt_yaml_check_text(const struct rt_yaml *yaml, struct rt_err *err);

#endif
