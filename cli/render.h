#ifndef RT_CLI_RENDER_H
#define RT_CLI_RENDER_H
/* A JSON object for people, and for machines. Strings in it are escaped. */
#include "base/json.h"

/* One member per line, aligned; members of members are indented; what is
 * empty is left out. */
void rt_render_text(struct rt_buf *out, const struct rt_json *object);

/* Indented JSON, members in the order of the object. */
void rt_render_json(struct rt_buf *out, const struct rt_json *json);

#endif
