#include "store/git_url.h"

#include "base/alloc.h"

#include <stdbool.h>
#include <string.h>

/* Whether "user:secret@host:22/path", cut at its first slash, starts with a user. A secret may
 * hold a slash: then the cut left a "port" that is no number. */
static bool has_user(const char *authority, size_t size)
{
    const char *colon = memchr(authority, ':', size);

    if (memchr(authority, '@', size))
        return true;
    if (!colon || authority[0] == '[')
        return false;
    return strspn(colon + 1, "0123456789") < (size_t)(authority + size - colon - 1);
}

static char *clean_scp(const char *url)
{
    size_t head = strcspn(url, ":/");
    const char *colon = strchr(url, ':');
    const char *at = strrchr(url, '@');

    if (url[head] != ':' || !at || !colon)
        return rt_strdup(url);
    return rt_strdup(at + 1);
}

char *rt_git_clean_url(const char *url)
{
    const char *scheme = strstr(url, "://");
    const char *authority;
    const char *at;

    if (!scheme)
        return clean_scp(url);
    authority = scheme + 3;
    at = strrchr(authority, '@');
    if (!at || !has_user(authority, strcspn(authority, "/")))
        at = authority - 1;
    return rt_printf("%.*s%.*s", (int)(authority - url), url, (int)strcspn(at + 1, "?#"), at + 1);
}
