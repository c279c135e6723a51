/* What was found of a trial, in plain sentences. */
#include "query/why.h"

#include <string.h>

#define FILES 3 /* named of a change of code */

struct words {
    const struct rt_json *why;
    struct rt_json *list;
    struct rt_buf text; /* the sentence in the making */
};

static const char *text_of(const struct rt_json *object, const char *key)
{
    return rt_json_get_text(object, key, "");
}

static void end(struct words *words)
{
    rt_json_append(words->list, rt_json_new_string_span(rt_buf_span(&words->text)));
    rt_buf_reset(&words->text);
}

/* Between the items of an enumeration: "a", "a and b", "a, b and c". */
static void put_join(struct rt_buf *text, size_t i, size_t count)
{
    if (i)
        rt_buf_add(text, i + 1 == count ? " and " : ", ");
}

static void put_numbers(struct rt_buf *text, const char *one, const char *several,
                        const struct rt_json *numbers)
{
    size_t count = rt_json_count(numbers);

    rt_buf_printf(text, "%s ", count == 1 ? one : several);
    for (size_t i = 0; i < count; i++) {
        put_join(text, i, count);
        rt_buf_printf(text, "%lld", (long long)rt_json_int(rt_json_at(numbers, i)));
    }
}

static void say_planned(struct words *words)
{
    const struct rt_json *planned = rt_json_get(words->why, "planned");
    const struct rt_json *kept = rt_json_get(words->why, "kept");

    rt_buf_printf(&words->text, "revision %lld of the study \"%s\" planned it (%s)",
                  (long long)rt_json_get_int(planned, "revision", 0), text_of(words->why, "study"),
                  text_of(planned, "accepted"));
    end(words);
    if (rt_json_count(kept)) {
        put_numbers(&words->text, "revision", "revisions", kept);
        rt_buf_printf(&words->text,
                      " %s it, too: entry, code, params, replicate, inputs, seed and threads are "
                      "the same, so that what is recorded of it stays, and it is not run anew",
                      rt_json_count(kept) == 1 ? "has" : "have");
        end(words);
    }
    if (rt_json_get(words->why, "retired")) {
        rt_buf_printf(&words->text,
                      "revision %lld does not have it any more: it is retired, what is recorded "
                      "of it stays, and it is not run",
                      (long long)rt_json_get_int(words->why, "retired", 0));
        end(words);
    }
}

static void put_files(struct rt_buf *text, const struct rt_json *code)
{
    const struct rt_json *files = rt_json_get(code, "files");
    size_t count = rt_json_count(files);
    size_t shown = count < FILES ? count : FILES;

    if (!count)
        return;
    rt_buf_add(text, " (");
    for (size_t i = 0; i < shown; i++)
        rt_buf_printf(text, "%s%s %s", i ? ", " : "", text_of(rt_json_at(files, i), "change"),
                      text_of(rt_json_at(files, i), "path"));
    if (count > shown)
        rt_buf_printf(text, ", and %zu more", count - shown);
    rt_buf_add(text, ")");
}

/* The environment does not make another trial of it: see docs/adr/0006. */
static bool deciding(const struct rt_json *differs)
{
    for (size_t i = 0; i < rt_json_count(differs); i++) {
        if (strcmp(rt_json_string(rt_json_at(differs, i)), "environment") != 0)
            return true;
    }
    return false;
}

static void put_differences(struct rt_buf *text, const struct rt_json *before)
{
    const struct rt_json *differs = rt_json_get(before, "differs");
    size_t count = rt_json_count(differs);

    for (size_t i = 0; i < count; i++) {
        const char *name = rt_json_string(rt_json_at(differs, i));

        put_join(text, i, count);
        rt_buf_add(text, name);
        if (strcmp(name, "code") == 0)
            put_files(text, rt_json_get(before, "code"));
    }
}

static void say_predecessor(struct words *words, const struct rt_json *before)
{
    const struct rt_json *differs = rt_json_get(before, "differs");
    bool same_study = rt_json_bool(rt_json_get(before, "same_study"));

    rt_buf_printf(&words->text, "%s", text_of(before, "trial"));
    if (!same_study)
        rt_buf_printf(&words->text, " of the study \"%s\"", text_of(before, "study"));
    rt_buf_printf(&words->text,
                  ", planned by revision %lld (%s), has the same params and "
                  "replicate; ",
                  (long long)rt_json_get_int(before, "revision", 0), text_of(before, "accepted"));
    if (rt_json_count(differs)) {
        rt_buf_add(&words->text, "other than there: ");
        put_differences(&words->text, before);
    } else {
        rt_buf_add(&words->text, "all else is the same, too");
    }
    if (!same_study)
        rt_buf_add(&words->text, "; each study runs its own trials");
    else if (deciding(differs))
        rt_buf_add(&words->text, "; so this is another trial, and that one's result is not its");
    end(words);
}

static void say_predecessors(struct words *words)
{
    const struct rt_json *list = rt_json_get(words->why, "predecessors");
    int64_t more = rt_json_get_int(words->why, "more_predecessors", 0);

    for (size_t i = 0; i < rt_json_count(list); i++)
        say_predecessor(words, rt_json_at(list, i));
    if (more) {
        rt_buf_printf(&words->text, "%lld earlier trials have the same params and replicate, too",
                      (long long)more);
        end(words);
    }
    if (!rt_json_count(list)) {
        rt_buf_add(&words->text, "no trial with its params and replicate was planned in this store "
                                 "before");
        end(words);
    }
}

static bool succeeded(const char *outcome)
{
    return strcmp(outcome, "ok") == 0 || strcmp(outcome, "pruned") == 0 ||
           strcmp(outcome, "skipped") == 0;
}

static void put_reason(struct rt_buf *text, const struct rt_json *attempt)
{
    const char *reason = text_of(attempt, "reason");
    const char *last = reason; /* a traceback ends with what was raised */

    for (const char *at = reason; *at; at++) {
        if (*at == '\n' && at[1])
            last = at + 1;
    }
    if (*last) {
        rt_buf_add(text, " (");
        rt_buf_put(text, last, strcspn(last, "\n"));
        rt_buf_add(text, ")");
    }
}

/* What came of an attempt that did not succeed. */
static void put_next(struct words *words, const struct rt_json *attempt, bool another,
                     int64_t failures)
{
    int64_t retries = rt_json_get_int(words->why, "retries", 0);
    const char *status = text_of(words->why, "status");
    bool done = strcmp(status, "done") == 0;
    bool again = another || (!done && strcmp(status, "retired") != 0);

    if (rt_json_bool(rt_json_get(attempt, "late")))
        rt_buf_add(&words->text, "; told after it had been taken for lost");
    else if (strcmp(text_of(attempt, "outcome"), "lost") == 0)
        rt_buf_add(&words->text, again  ? "; what is lost does not count, and is tried again"
                                 : done ? "; its agents were lost with it: it was set aside"
                                        : "");
    else if (failures <= retries && again)
        rt_buf_printf(&words->text, "; retry %lld of %lld", (long long)failures,
                      (long long)retries);
    else if (failures <= retries)
        return;
    else if (another)
        rt_buf_add(&words->text, "; somebody asked to try it again (--retry)");
    else if (retries)
        rt_buf_printf(&words->text, "; no retry is left of %lld", (long long)retries);
    else
        rt_buf_add(&words->text, "; the study allows no retries");
}

static void say_attempt(struct words *words, const struct rt_json *attempt, bool another,
                        int64_t *failures)
{
    const char *outcome = text_of(attempt, "outcome");
    struct rt_buf *text = &words->text;

    rt_buf_printf(text, "attempt %lld: launch %lld",
                  (long long)rt_json_get_int(attempt, "attempt", 0),
                  (long long)rt_json_get_int(attempt, "launch", 0));
    if (*text_of(attempt, "host"))
        rt_buf_printf(text, ", rank %lld on %s", (long long)rt_json_get_int(attempt, "rank", 0),
                      text_of(attempt, "host"));
    if (*text_of(attempt, "started"))
        rt_buf_printf(text, ", %s", text_of(attempt, "started"));
    rt_buf_printf(text, ": %s", outcome);
    put_reason(text, attempt);
    if (!succeeded(outcome)) {
        *failures += strcmp(outcome, "lost") != 0 && !rt_json_bool(rt_json_get(attempt, "late"));
        put_next(words, attempt, another, *failures);
    } else if (rt_json_bool(rt_json_get(attempt, "late"))) {
        rt_buf_add(text, "; told after it had been taken for lost, and kept");
    } else if (!rt_json_bool(rt_json_get(attempt, "decides"))) {
        rt_buf_add(text, "; another attempt stands for the trial");
    }
    end(words);
}

static void say_attempts(struct words *words)
{
    const struct rt_json *attempts = rt_json_get(words->why, "attempts");
    size_t count = rt_json_count(attempts);
    int64_t failures = 0;

    for (size_t i = 0; i < count; i++)
        say_attempt(words, rt_json_at(attempts, i), i + 1 < count, &failures);
}

static void say_now(struct words *words)
{
    const struct rt_json *running = rt_json_get(words->why, "running");
    const struct rt_json *later = rt_json_get(words->why, "later_launches");
    const char *status = text_of(words->why, "status");

    if (strcmp(status, "running") == 0 && running) {
        rt_buf_printf(&words->text,
                      "attempt %lld is with launch %lld, rank %lld on %s, and has not ended",
                      (long long)rt_json_get_int(running, "attempt", 0),
                      (long long)rt_json_get_int(running, "launch", 0),
                      (long long)rt_json_get_int(running, "rank", 0), text_of(running, "host"));
        end(words);
    } else if (strcmp(status, "waiting") == 0) {
        rt_buf_add(&words->text, rt_json_count(rt_json_get(words->why, "attempts"))
                                     ? "it waits for another attempt"
                                     : "no agent has had it yet: it waits");
        end(words);
    }
    if (rt_json_count(later) && strcmp(status, "done") == 0) {
        put_numbers(&words->text, "launch", "launches", later);
        rt_buf_add(&words->text, " of the study did not run it again: it was done");
        end(words);
    }
}

static void say_origin(struct words *words)
{
    const struct rt_json *replay = rt_json_get(words->why, "replay");
    const struct rt_json *changes = rt_json_get(replay, "changes");

    if (!replay)
        return;
    rt_buf_printf(&words->text, "it was made from %s of the study \"%s\" (%s)",
                  text_of(replay, "origin"), text_of(replay, "study"), text_of(replay, "kind"));
    for (size_t i = 0; i < rt_json_count(changes); i++)
        rt_buf_printf(&words->text, "%s%s", i ? ", " : "; what the replay changes: ",
                      rt_json_string(rt_json_at(changes, i)));
    end(words);
}

struct rt_json *rt_why_words(const struct rt_json *why)
{
    struct words words = {why, rt_json_new_array(), RT_BUF_INIT};

    say_planned(&words);
    say_origin(&words);
    say_predecessors(&words);
    say_attempts(&words);
    say_now(&words);
    rt_buf_clear(&words.text);
    return words.list;
}
