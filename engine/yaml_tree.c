#include "engine/yaml_tree.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include <stdlib.h>

#define BOM             "\xEF\xBB\xBF"
#define EMPTY_LINES_MAX 1000

/* A text that is too long is not copied; it will be refused. */
struct rt_yaml *rt_yaml_new(struct rt_span text, const char *label)
{
    struct rt_yaml *yaml = rt_calloc(1, sizeof *yaml);
    const char *from = text.data;
    size_t size = 0;

    yaml->label = label;
    yaml->text = text;
    if (text.size > RT_YAML_BYTES_MAX)
        return yaml;
    yaml->copy = rt_alloc(text.size + 1);
    for (size_t i = 0; i < text.size; i++) {
        bool pair = from[i] == '\r' && i + 1 < text.size && from[i + 1] == '\n';

        if (!pair)
            yaml->copy[size++] = from[i] == '\r' ? '\n' : from[i];
    }
    yaml->copy[size] = '\0';
    yaml->text = rt_span(yaml->copy, size);
    return yaml;
}

/* The document that a place is in, and where it is in that. */
static const struct rt_yaml *part_of(const struct rt_yaml *yaml, size_t *offset)
{
    while (yaml->base && *offset > yaml->text.size) {
        *offset -= yaml->text.size + 1;
        yaml = yaml->base;
    }
    return yaml;
}

const char *rt_yaml_label(const struct rt_yaml *yaml, size_t offset)
{
    return part_of(yaml, &offset)->label;
}

void rt_yaml_name_lines(struct rt_yaml *yaml, const char *const *lines)
{
    yaml->lines = lines;
}

static void shift(struct rt_yaml_node *node, size_t by)
{
    node->offset += by;
    node->key_offset += by;
    for (size_t i = 0; i < node->count; i++)
        shift(&node->items[i], by);
}

void rt_yaml_chain(struct rt_yaml *yaml, struct rt_yaml *base, const char *label)
{
    struct rt_yaml *last = yaml;
    size_t size = yaml->text.size + 1;

    for (; last->base; size += last->text.size + 1)
        last = last->base;
    shift(base->root, size);
    last->base = base;
    base->own_label = rt_strdup(label);
    base->label = base->own_label;
}

int(rt_yaml_error_at)(const struct rt_yaml *whole, size_t offset, struct rt_err *err)
{
    const struct rt_yaml *yaml = part_of(whole, &offset);
    const char *text = yaml->text.data;
    size_t size = yaml->text.size;
    size_t line = 1;
    size_t column = 1;
    size_t i = size >= 3 && memcmp(text, BOM, 3) == 0 ? 3 : 0;

    for (; i < offset && i < size; i++) {
        if (text[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    if (err)
        err->code = RT_EUSAGE;
    if (yaml->label)
        rt_err_while(err, "%s:%zu:%zu", yaml->label, line, column);
    else if (yaml->lines && yaml->lines[line - 1])
        rt_err_while(err, "%s", yaml->lines[line - 1]);
    return RT_EUSAGE;
}

int(rt_yaml_error)(const struct rt_yaml *yaml, size_t offset, struct rt_err *err,
                   const char *format, ...)
{
    va_list args;

    va_start(args, format);
    rt_err_vset(err, RT_EUSAGE, format, args);
    va_end(args);
    return rt_yaml_error_at(yaml, offset, err);
}

static int check_characters(const struct rt_yaml *yaml, struct rt_err *err)
{
    const char *text = yaml->text.data;

    for (size_t i = 0; i < yaml->text.size; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == 0)
            return rt_yaml_error(yaml, i, err, "a NUL byte is not allowed; remove it");
        if (c < 0x20 && c != '\t' && c != '\n')
            return rt_yaml_error(yaml, i, err,
                                 "control character U+%04X is not allowed; remove it, or write "
                                 "\"\\x%02X\" in double quotes",
                                 c, c);
    }
    return 0;
}

/* Behind a block of text, libfyaml 0.7.12 needs stack for each. */
static int check_empty_lines(const struct rt_yaml *yaml, struct rt_err *err)
{
    const char *text = yaml->text.data;
    size_t empty = 0;

    for (size_t i = 0; i < yaml->text.size; i++) {
        if (text[i] == '\n')
            empty++;
        else if (text[i] != ' ' && text[i] != '\t')
            empty = 0;
        if (empty > EMPTY_LINES_MAX)
            return rt_yaml_error(yaml, i, err, "more than %d lines in a row are empty; remove them",
                                 EMPTY_LINES_MAX);
    }
    return 0;
}

int rt_yaml_check_text(const struct rt_yaml *yaml, struct rt_err *err)
{
    const char *text = yaml->text.data;
    size_t size = yaml->text.size;
    size_t bad;
    int rc;

    if (size > RT_YAML_BYTES_MAX)
        return rt_yaml_error(yaml, 0, err,
                             "the file has %zu bytes, and %zu are allowed; sweep a range instead "
                             "of listing its values",
                             size, RT_YAML_BYTES_MAX);
    if (size >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return rt_yaml_error(yaml, 0, err, "the file is UTF-16; save it as UTF-8");
    if (!rt_utf8_valid(yaml->text, &bad))
        return rt_yaml_error(yaml, bad, err, "byte 0x%02X is not UTF-8; save the file as UTF-8",
                             (unsigned char)text[bad]);
    if ((rc = check_characters(yaml, err)) < 0)
        return rc;
    return check_empty_lines(yaml, err);
}

void rt_yaml_node_clear(struct rt_yaml_node *node)
{
    for (size_t i = 0; i < node->count; i++)
        rt_yaml_node_clear(&node->items[i]);
    free(node->items);
    free(node->text);
    free(node->key);
    rt_json_free(node->value);
}

void rt_yaml_free(struct rt_yaml *yaml)
{
    if (!yaml)
        return;
    if (yaml->root)
        rt_yaml_node_clear(yaml->root);
    free(yaml->root);
    rt_yaml_free(yaml->base);
    free(yaml->own_label);
    free(yaml->copy);
    free(yaml);
}

const struct rt_yaml_node *rt_yaml_root(const struct rt_yaml *yaml)
{
    return yaml->root;
}

const struct rt_yaml_node *rt_yaml_get(const struct rt_yaml_node *mapping, const char *key)
{
    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->items[i].key && strcmp(mapping->items[i].key, key) == 0)
            return &mapping->items[i];
    }
    return NULL;
}

struct rt_json *rt_yaml_json(const struct rt_yaml_node *node)
{
    struct rt_json *json;

    if (node->value)
        return rt_json_keep(node->value);
    json = node->kind == RT_JSON_OBJECT ? rt_json_new_object() : rt_json_new_array();
    for (size_t i = 0; i < node->count; i++) {
        struct rt_json *item = rt_yaml_json(&node->items[i]);

        if (node->kind == RT_JSON_OBJECT)
            rt_json_set(json, node->items[i].key, item);
        else
            rt_json_append(json, item);
    }
    return json;
}
