#include "replay/then_packages.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>
#include "sql.h"

#define LISTS_MAX 8
#define NAMED     5 /* packages */

int rt_then_packages_add(struct rt_then_packages *packages, struct rt_db *index, const char *hash,
                         struct rt_err *err)
{
    struct rt_json *list = NULL;
    struct rt_stmt *stmt;
    int rc;

    for (size_t i = 0; i < packages->count; i++) {
        if (strcmp(packages->hashes[i], hash) == 0)
            return 0;
    }
    if (packages->count == LISTS_MAX)
        return 0;
    if ((rc = rt_db_prepare(index, rt_sql_ask_packages_of, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_text(stmt, ":packages", hash);
    if ((rc = rt_stmt_step(stmt, err)) > 0)
        rc = rt_json_parse(rt_stmt_get_span(stmt, 0), &list, err);
    rt_stmt_free(stmt);
    if (rc < 0 || !list)
        return rc;
    packages->lists = rt_realloc(packages->lists, (packages->count + 1) * sizeof(struct rt_json *));
    packages->hashes = rt_realloc(packages->hashes, (packages->count + 1) * sizeof(char *));
    packages->lists[packages->count] = list;
    packages->hashes[packages->count++] = rt_strdup(hash);
    return 0;
}

void rt_then_packages_clear(struct rt_then_packages *packages)
{
    for (size_t i = 0; i < packages->count; i++) {
        rt_json_free(packages->lists[i]);
        free(packages->hashes[i]);
    }
    free(packages->lists);
    free(packages->hashes);
    memset(packages, 0, sizeof *packages);
}

/* Whether a list before number `end` has the package in this version. */
static bool is_told(const struct rt_then_packages *packages, size_t end, const char *name,
                    const char *version)
{
    for (size_t i = 0; i < end; i++) {
        const char *known = rt_json_get_text(packages->lists[i], name, NULL);

        if (known && strcmp(known, version) == 0)
            return true;
    }
    return false;
}

/* Those that are gone, or those that have another version. */
static size_t put_list(const struct rt_then_packages *packages, size_t number,
                       const struct rt_json *now, bool gone, size_t told, struct rt_buf *out)
{
    const struct rt_json *list = packages->lists[number];

    for (void *at = rt_json_first(list); at; at = rt_json_next(list, at)) {
        const char *name = rt_json_iter_key(at);
        const char *before = rt_json_get_text(list, name, "");
        const char *version = rt_json_get_text(now, name, gone ? NULL : "");

        if (gone ? rt_json_get(now, name) != NULL
                 : !rt_json_get(now, name) || strcmp(before, version) == 0)
            continue;
        if (is_told(packages, number, name, before) || ++told > NAMED)
            continue;
        rt_buf_printf(out, "%s%s %s -> %s", told > 1 ? ", " : "", name, before,
                      gone ? "gone" : version);
    }
    return told;
}

void rt_then_packages_compare(const struct rt_then_packages *packages, const struct rt_json *now,
                              struct rt_buf *out)
{
    size_t told = 0;

    for (size_t i = 0; i < packages->count; i++)
        told = put_list(packages, i, now, true, told, out);
    for (size_t i = 0; i < packages->count; i++)
        told = put_list(packages, i, now, false, told, out);
    if (told > NAMED)
        rt_buf_printf(out, " and %zu more", told - NAMED);
}
