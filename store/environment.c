#include "store/environment.h"

#include "base/buf.h"

struct rt_json *rt_environment_new(const struct rt_json *agent, const struct rt_json *modules)
{
    const struct rt_json *python = rt_json_get(agent, "python");
    const char *build = rt_json_get_text(python, "build", NULL);
    const char *packages = rt_json_get_text(rt_json_get(python, "packages"), "sha256", NULL);
    struct rt_json *environment = rt_json_new_object();

    if (rt_json_get(agent, "modules"))
        modules = rt_json_get(agent, "modules");
    if (!build)
        build = rt_json_get_text(python, "version", NULL);
    if (modules && rt_json_kind(modules) == RT_JSON_ARRAY && rt_json_count(modules))
        rt_json_set(environment, "modules", rt_json_copy(modules));
    if (packages)
        rt_json_set_text(environment, "packages", packages);
    if (build)
        rt_json_set_text(environment, "python", build);
    return environment;
}

struct rt_hash rt_environment_hash(const struct rt_json *environment)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_hash hash;

    rt_json_canonical(environment, &text);
    hash = rt_hash(rt_buf_span(&text));
    rt_buf_clear(&text);
    return hash;
}
