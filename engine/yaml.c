#include "engine/yaml.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "engine/scalar.h"
#include "engine/yaml_mistake.h"
#include "engine/yaml_tree.h"

#include <libfyaml.h>
#include <stdlib.h>

/* One reading. */
struct loader {
    struct rt_yaml *yaml;
    struct fy_diag *diag;
    struct fy_parser *parser;
    size_t nodes;
    size_t offset; /* of the last event that had a position */
};

static int parser_error(const struct loader *loader, struct rt_err *err)
{
    void *iterator = NULL;
    const struct fy_diag_error *error = fy_diag_errors_iterate(loader->diag, &iterator);
    const struct fy_mark *mark = error && error->fyt ? fy_token_start_mark(error->fyt) : NULL;

    return rt_yaml_error(loader->yaml, mark ? mark->input_pos : loader->offset, err, "%s",
                         error && error->msg ? rt_yaml_mistake(error->msg)
                                             : "this is not YAML 1.2");
}

/* The next event, or NULL behind the last one. */
static int next_event(struct loader *loader, struct fy_event **event, struct rt_err *err)
{
    const struct fy_mark *mark;

    *event = fy_parser_parse(loader->parser);
    if (!*event)
        return fy_parser_get_stream_error(loader->parser) ? parser_error(loader, err) : 0;
    mark = fy_event_start_mark(*event);
    if (mark)
        loader->offset = mark->input_pos;
    return 0;
}

/* Where an alias, an anchor or a tag starts, with the character that makes it one. */
static size_t start_of_property(const struct loader *loader, struct fy_token *token)
{
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    size_t offset = mark ? mark->input_pos : loader->offset;
    const char *text = loader->yaml->text.data;

    return offset > 0 && strchr("*&", text[offset - 1]) ? offset - 1 : offset;
}

static int check_properties(const struct loader *loader, struct fy_event *event, struct rt_err *err)
{
    static const char advice[] = "s are not supported; write the value itself, or quote the text";
    struct fy_token *anchor = fy_event_get_anchor_token(event);
    struct fy_token *tag = fy_event_get_tag_token(event);

    if (event->type == FYET_ALIAS)
        return rt_yaml_error(loader->yaml, start_of_property(loader, anchor), err, "aliase%s",
                             advice);
    if (anchor)
        return rt_yaml_error(loader->yaml, start_of_property(loader, anchor), err, "anchor%s",
                             advice);
    if (tag)
        return rt_yaml_error(loader->yaml, start_of_property(loader, tag), err, "tag%s", advice);
    return 0;
}

/* Points at the opening quote, where people look for the beginning. */
static size_t start_of_scalar(const struct loader *loader, enum fy_scalar_style style)
{
    const char *text = loader->yaml->text.data;

    if (loader->offset > 0 && ((style == FYSS_SINGLE_QUOTED && text[loader->offset - 1] == '\'') ||
                               (style == FYSS_DOUBLE_QUOTED && text[loader->offset - 1] == '"')))
        return loader->offset - 1;
    return loader->offset;
}

struct scalar {
    char *text; /* yours */
    size_t offset;
    bool plain;
};

/* What is between quotes, as it stands in the file. */
static struct rt_span raw_text(const struct loader *loader, struct fy_token *token)
{
    const struct fy_mark *end = token ? fy_token_end_mark(token) : NULL;
    size_t size = end && end->input_pos > loader->offset ? end->input_pos - loader->offset : 0;

    return rt_span((const char *)loader->yaml->text.data + loader->offset, size);
}

/* libfyaml 0.7.12 takes four quotes in a row for three, not two, and loses the end of the text. */
static char *unquote_single(struct rt_span raw)
{
    const char *at = raw.data;
    struct rt_buf out = RT_BUF_INIT;

    for (size_t i = 0; i < raw.size; i++) {
        rt_buf_put_u8(&out, (uint8_t)at[i]);
        i += at[i] == '\'';
    }
    return rt_buf_take(&out);
}

static int copy_text(const struct loader *loader, struct fy_token *token, struct scalar *scalar,
                     struct rt_err *err)
{
    size_t size = 0;
    const char *text = token ? fy_token_get_text(token, &size) : "";

    if (!text || !rt_utf8_valid(rt_span(text, size), NULL) || memchr(text, 0, size))
        return rt_yaml_error(loader->yaml, scalar->offset, err,
                             "the text contains a NUL or what is no character; remove it");
    scalar->text = rt_strndup(text, size);
    return 0;
}

static int read_text(const struct loader *loader, struct fy_event *event, struct scalar *scalar,
                     struct rt_err *err)
{
    struct fy_token *token = event->scalar.value;
    enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;
    bool quoted = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
    struct rt_span raw = raw_text(loader, token);
    int rc = check_properties(loader, event, err);

    if (rc < 0)
        return rc;
    scalar->offset = start_of_scalar(loader, style);
    scalar->plain = style == FYSS_PLAIN;
    /* libfyaml 0.7.12 folds lines wrongly, or not at all. */
    if (quoted && raw.size && memchr(raw.data, '\n', raw.size))
        return rt_yaml_error(loader->yaml, scalar->offset, err,
                             "a quoted text must end on its first line; write \\n in double "
                             "quotes, or a block with |");
    if (style == FYSS_FOLDED)
        return rt_yaml_error(loader->yaml, scalar->offset, err,
                             "folded blocks are not supported; use | instead of >");
    if (style != FYSS_SINGLE_QUOTED)
        return copy_text(loader, token, scalar, err);
    scalar->text = unquote_single(raw);
    return 0;
}

static int read_scalar(const struct loader *loader, struct fy_event *event,
                       struct rt_yaml_node *node, struct rt_err *err)
{
    struct scalar scalar = {NULL, 0, false};
    int rc = read_text(loader, event, &scalar, err);

    if (rc < 0)
        return rc;
    if (event->scalar.value)
        node->offset = scalar.offset;
    node->text = scalar.text;
    if (!scalar.plain)
        node->value = rt_json_new_string(scalar.text);
    else if (rt_scalar_parse(scalar.text, &node->value, err) < 0)
        return rt_yaml_error_at(loader->yaml, scalar.offset, err);
    node->kind = rt_json_kind(node->value);
    return 0;
}

static int read_key(const struct loader *loader, struct fy_event *event, struct scalar *key,
                    struct rt_err *err)
{
    struct rt_json *value = NULL;
    enum rt_json_kind kind = RT_JSON_STRING;
    char clip[RT_UTF8_CLIP];
    int rc;

    if (event->type != FYET_SCALAR)
        return rt_yaml_error(loader->yaml, loader->offset, err,
                             "a key must be a text, not a list or a mapping");
    if ((rc = read_text(loader, event, key, err)) < 0)
        return rc;
    if (key->plain && rt_scalar_parse(key->text, &value, NULL) == 0)
        kind = rt_json_kind(value);
    rt_json_free(value);
    if (key->plain && strcmp(key->text, "<<") == 0)
        return rt_yaml_error(loader->yaml, key->offset, err,
                             "merge keys are not supported; write the members out");
    if (kind != RT_JSON_STRING)
        return rt_yaml_error(loader->yaml, key->offset, err,
                             "a key must be a text, and this is %s; write \"%s\" in quotes",
                             rt_json_kind_name(kind), rt_utf8_clip(key->text, clip));
    return 0;
}

static int read_node(struct loader *loader, struct fy_event *event, size_t depth,
                     struct rt_yaml_node *node, struct rt_err *err);

/* Reads the key that `event` is; *event is then the value. */
static int read_pair(struct loader *loader, struct fy_event **event, struct rt_yaml_node *item,
                     struct rt_err *err)
{
    struct scalar key = {NULL, 0, false};
    int rc = read_key(loader, *event, &key, err);

    item->key = key.text;
    item->key_offset = key.offset;
    fy_parser_event_free(loader->parser, *event);
    *event = NULL;
    if (rc == 0)
        rc = next_event(loader, event, err);
    return rc;
}

static int read_items(struct loader *loader, size_t depth, struct rt_yaml_node *node,
                      struct rt_err *err)
{
    size_t capacity = 0;

    for (;;) {
        struct rt_yaml_node *item;
        struct fy_event *event;
        int rc = next_event(loader, &event, err);

        if (rc < 0)
            return rc;
        if (!event)
            return parser_error(loader, err);
        if (event->type == FYET_SEQUENCE_END || event->type == FYET_MAPPING_END) {
            fy_parser_event_free(loader->parser, event);
            return 0;
        }
        node->items = rt_grow(node->items, &capacity, node->count + 1, sizeof *node->items);
        item = &node->items[node->count++];
        memset(item, 0, sizeof *item);
        if (node->kind == RT_JSON_OBJECT)
            rc = read_pair(loader, &event, item, err);
        if (rc == 0)
            rc = read_node(loader, event, depth + 1, item, err);
        fy_parser_event_free(loader->parser, event);
        if (rc < 0)
            return rc;
    }
}

static int by_key(const void *a, const void *b)
{
    const struct rt_yaml_node *left = a;
    const struct rt_yaml_node *right = b;
    int order = strcmp(left->key, right->key);

    return order ? order : left->key_offset > right->key_offset ? 1 : -1;
}

static int check_keys(const struct rt_yaml *yaml, const struct rt_yaml_node *mapping,
                      struct rt_err *err)
{
    size_t count = mapping->count;
    struct rt_yaml_node *sorted = rt_calloc(count, sizeof *sorted);
    char clip[RT_UTF8_CLIP];
    int rc = 0;

    if (count)
        memcpy(sorted, mapping->items, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_key);
    for (size_t i = 1; i < count && rc == 0; i++) {
        if (strcmp(sorted[i - 1].key, sorted[i].key) == 0)
            rc = rt_yaml_error(yaml, sorted[i].key_offset, err,
                               "key \"%s\" is given twice; remove one of them",
                               rt_utf8_clip(sorted[i].key, clip));
    }
    free(sorted);
    return rc;
}

static int read_node(struct loader *loader, struct fy_event *event, size_t depth,
                     struct rt_yaml_node *node, struct rt_err *err)
{
    int rc;

    if (!event || (event->type != FYET_SCALAR && event->type != FYET_ALIAS &&
                   event->type != FYET_MAPPING_START && event->type != FYET_SEQUENCE_START))
        return parser_error(loader, err);
    node->offset = loader->offset;
    if (++loader->nodes > RT_YAML_NODES_MAX)
        return rt_yaml_error(loader->yaml, loader->offset, err,
                             "the file has more than %d values; sweep a range instead",
                             RT_YAML_NODES_MAX);
    if (depth > RT_YAML_DEPTH_MAX)
        return rt_yaml_error(loader->yaml, loader->offset, err,
                             "this is nested more than %d levels deep", RT_YAML_DEPTH_MAX);
    if ((rc = check_properties(loader, event, err)) < 0)
        return rc;
    if (event->type == FYET_SCALAR)
        return read_scalar(loader, event, node, err);
    node->kind = event->type == FYET_MAPPING_START ? RT_JSON_OBJECT : RT_JSON_ARRAY;
    if ((rc = read_items(loader, depth, node, err)) < 0 || node->kind == RT_JSON_ARRAY)
        return rc;
    return check_keys(loader->yaml, node, err);
}

static int start_document(struct loader *loader, struct fy_event *event, struct rt_err *err)
{
    struct fy_document_state *state = event->document_start.document_state;
    const struct fy_version *version = state ? fy_document_state_version(state) : NULL;

    if (loader->yaml->root)
        return rt_yaml_error(loader->yaml, loader->offset, err,
                             "a second document starts here; keep one study per file");
    if (version && (version->major != 1 || version->minor != 2))
        return rt_yaml_error(loader->yaml, 0, err,
                             "the file says that it is YAML %d.%d; this program reads YAML 1.2",
                             version->major, version->minor);
    loader->yaml->root = rt_calloc(1, sizeof *loader->yaml->root);
    return 0;
}

static int read_stream(struct loader *loader, struct rt_err *err)
{
    bool expected = false; /* the root comes next */

    for (;;) {
        struct fy_event *event;
        int rc = next_event(loader, &event, err);

        if (rc < 0 || !event)
            return rc;
        if (expected)
            rc = read_node(loader, event, 1, loader->yaml->root, err);
        expected = event->type == FYET_DOCUMENT_START;
        if (expected)
            rc = start_document(loader, event, err);
        fy_parser_event_free(loader->parser, event);
        if (rc < 0)
            return rc;
    }
}

/* libfyaml must have somewhere to print to; its errors are collected, not printed. */
static void discard(struct fy_diag *diag, void *user, const char *text, size_t size)
{
    (void)diag;
    (void)user;
    (void)text;
    (void)size;
}

static int load(struct rt_yaml *yaml, bool json, struct rt_err *err)
{
    struct loader loader = {.yaml = yaml};
    struct fy_diag_cfg diag_options;
    struct fy_parse_cfg options = {.flags = FYPCF_DEFAULT_VERSION_1_2 |
                                            (json ? FYPCF_JSON_FORCE : FYPCF_JSON_NONE)};
    int rc;

    fy_diag_cfg_default(&diag_options);
    diag_options.fp = NULL;
    diag_options.output_fn = discard;
    loader.diag = options.diag = fy_diag_create(&diag_options);
    loader.parser = loader.diag ? fy_parser_create(&options) : NULL;
    if (!loader.parser || fy_parser_set_string(loader.parser, yaml->text.data, yaml->text.size)) {
        rc = rt_err_set(err, RT_EINTERNAL, "starting libfyaml failed");
    } else {
        fy_diag_set_collect_errors(loader.diag, true);
        rc = read_stream(&loader, err);
    }
    fy_parser_destroy(loader.parser);
    fy_diag_destroy(loader.diag);
    return rc;
}

int rt_yaml_parse(struct rt_span text, const char *label, bool json, struct rt_yaml **out,
                  struct rt_err *err)
{
    struct rt_yaml *yaml = rt_yaml_new(text, label);
    int rc = rt_yaml_check_text(yaml, err);

    *out = NULL;
    if (rc == 0 && yaml->text.size)
        rc = load(yaml, json, err);
    if (rc == 0 && !yaml->root)
        rc = rt_yaml_error(yaml, 0, err, "the file is empty");
    if (rc < 0) {
        rt_yaml_free(yaml);
        return rc;
    }
    *out = yaml;
    return 0;
}
