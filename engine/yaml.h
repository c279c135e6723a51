#ifndef RT_ENGINE_YAML_H
#define RT_ENGINE_YAML_H
/*
 * YAML 1.2 and JSON, as nodes that know their positions.
 *
 * One document of plain data: duplicate keys, keys that are no text, anchors,
 * aliases, tags, NaN, control characters and bad UTF-8 are refused, and so is
 * more than 16 MiB of text, 1,000,000 nodes, or 64 levels.
 *
 * Errors read "label:line:column: what is wrong; what to do", both counted
 * from 1, columns in characters.
 */
#include "base/json.h"

#define RT_YAML_BYTES_MAX ((size_t)16 << 20)
#define RT_YAML_NODES_MAX 1000000
#define RT_YAML_DEPTH_MAX 60 /* libfyaml guarantees 64 */

struct rt_yaml_node {
    enum rt_json_kind kind;
    size_t offset;              /* bytes from the start of the text */
    char *text;                 /* scalar: as written, without quotes and escapes */
    struct rt_json *value;      /* scalar */
    struct rt_yaml_node *items; /* of a list, or the values of a mapping */
    size_t count;
    char *key; /* if it is in a mapping */
    size_t key_offset;
};

struct rt_yaml;

/* Reads a document; `json` refuses what JSON does not have. The label must outlive it;
 * without one, errors have no position. */
int rt_yaml_parse(struct rt_span text, const char *label, bool json, struct rt_yaml **out,
                  struct rt_err *err);
void rt_yaml_free(struct rt_yaml *yaml);

/* Errors of a document without a label start with what their line is called, for one that was made
 * of the options of a command line. `lines` has one for each line, or NULL, and must outlive it. */
void rt_yaml_name_lines(struct rt_yaml *yaml, const char *const *lines);

const struct rt_yaml_node *rt_yaml_root(const struct rt_yaml *yaml);

/* The label of the document that a place is in: others may be chained behind it (yaml_tree.h). */
const char *rt_yaml_label(const struct rt_yaml *yaml, size_t offset);

/* The member of a mapping, or NULL. */
const struct rt_yaml_node *rt_yaml_get(const struct rt_yaml_node *mapping, const char *key);

/* The value of a node with all below it; yours. */
struct rt_json *rt_yaml_json(const struct rt_yaml_node *node);

/* Sets *err to RT_EUSAGE with a position, and returns that. */
int rt_yaml_error(const struct rt_yaml *yaml, size_t offset, struct rt_err *err, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

#ifdef __clang_analyzer__ /* it cannot know that this is negative, and what follows */
#define rt_yaml_error(yaml, offset, err, ...)                                                      \
    (rt_yaml_error(yaml, offset, err, __VA_ARGS__), RT_EUSAGE)
#endif

/* Puts a position before the text of an error. */
int rt_yaml_error_at(const struct rt_yaml *yaml, size_t offset, struct rt_err *err);

#ifdef __clang_analyzer__ /* see base/err.h */
#define rt_yaml_error(yaml, offset, err, ...) (rt_yaml_error(yaml, offset, err, __VA_ARGS__), -1)
#define rt_yaml_error_at(yaml, offset, err)   (rt_yaml_error_at(yaml, offset, err), -1)
#endif

#endif
