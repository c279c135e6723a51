/* Code: every code state that the journal names can be read, and matches its hash. */
#include "store/check_inner.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/json.h"
#include "store/code.h"

#include <stdlib.h>

struct codes {
    struct rt_checking *checking;
    char *repository;
    struct rt_hash *seen;
    size_t count;
    size_t capacity;
};

static void check_state(struct codes *codes, const struct rt_hash *code, uint64_t event)
{
    char hex[RT_HASH_HEX];
    struct rt_err err = {0};
    int rc;

    for (size_t i = 0; i < codes->count; i++)
        if (rt_hash_equal(&codes->seen[i], code))
            return;
    codes->seen = rt_grow(codes->seen, &codes->capacity, codes->count + 1, sizeof *codes->seen);
    codes->seen[codes->count++] = *code;
    rc = rt_code_check(codes->repository, code, &err);
    if (rc < 0)
        rt_check_say(codes->checking, rc, RT_CHECK_RESTORE,
                     "code state %.12s, named by event %llu: %s", rt_hash_hex(code, hex),
                     (unsigned long long)event, err.text);
    else
        codes->checking->facts.codes++;
}

static int take_event(void *context, const struct rt_event *event, struct rt_err *err)
{
    struct codes *codes = context;
    const struct rt_json *from;
    struct rt_json *body;
    struct rt_hash code;
    int rc;

    if (event->kind != RT_EVENT_CODE && event->kind != RT_EVENT_PLAN)
        return 0;
    if ((rc = rt_json_parse(event->body, &body, err)) < 0)
        return rc;
    from = event->kind == RT_EVENT_PLAN ? rt_json_get(body, "plan") : body;
    if (rt_hash_from_hex(&code, rt_json_get_text(from, "code", "")) == 0)
        check_state(codes, &code, event->seq);
    rt_json_free(body);
    return 0;
}

void rt_check_code(struct rt_checking *checking)
{
    struct codes codes = {.checking = checking,
                          .repository = rt_fs_join(checking->path, "code.git")};
    struct rt_journal *journal = NULL;
    struct rt_err ignored = {0}; /* what is wrong with the journal, its own check has told */

    if (rt_check_open_journal(checking, &journal, &ignored) == 0)
        rt_journal_read(journal, 1, take_event, &codes, &ignored);
    rt_journal_close(journal);
    free(codes.seen);
    free(codes.repository);
}
