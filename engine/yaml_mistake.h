#ifndef RT_ENGINE_YAML_MISTAKE_H
#define RT_ENGINE_YAML_MISTAKE_H
/* What libfyaml says of a mistake, in the words of those who made it. */

/* What is wrong and what to do; libfyaml's own words where none are better. */
const char *rt_yaml_mistake(const char *theirs);

#endif
