#include "cli/shell.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"
#include "query/statement.h"

#define PROMPT      "retrial> "
#define PROMPT_MORE "    ...> "

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/* Ctrl-C reaches the process that runs a statement, too, and ends it. Here it ends a wait for what
 * is being typed, and nothing else. */
static void catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

enum typed { LINE, CANCELLED, END };

/* Waits for a line; false if Ctrl-C came first, be it right after the prompt. */
static bool wait_for_line(const sigset_t *usual)
{
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};

    interrupted = 0;
    while (ppoll(&input, 1, NULL, usual) < 0 && errno == EINTR) {
        if (interrupted)
            return false;
    }
    return true;
}

static enum typed read_line(const char *prompt, char **line, size_t *room)
{
    enum typed typed = CANCELLED;
    sigset_t interrupt;
    sigset_t usual;

    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, &usual);
    fputs(prompt, stderr);
    if (wait_for_line(&usual))
        typed = getline(line, room, stdin) >= 0 ? LINE : END;
    sigprocmask(SIG_SETMASK, &usual, NULL);
    if (typed != LINE)
        fputs("\n", stderr);
    return typed;
}

static void tell(const struct rt_err *err)
{
    char *text = rt_escaped(err->text);

    fprintf(stderr, "%s\n", text);
    free(text);
}

/* 1: the result of *sql, up to its first semicolon, was shown. 0: it has none. */
static int run_first(const struct rt_shell *shell, const char **sql, struct rt_err *err)
{
    struct rt_buf statement = RT_BUF_INIT;
    size_t size;
    int rc;

    *sql = rt_statement_begin(*sql);
    if ((size = rt_statement_size(*sql)) == 0)
        return 0;
    rt_buf_put(&statement, *sql, size);
    *sql += size;
    rc = shell->statement(shell->context, rt_buf_text(&statement), err);
    rt_buf_clear(&statement);
    return rc < 0 ? rc : 1;
}

/* Runs what is whole of *typed, and keeps the rest. */
static void run_typed(const struct rt_shell *shell, struct rt_buf *typed)
{
    struct rt_buf rest = RT_BUF_INIT;
    const char *at = rt_buf_text(typed);
    struct rt_err err = {0};
    int rc;

    while ((rc = run_first(shell, &at, &err)) > 0)
        fflush(stdout);
    fflush(stdout);
    if (rc < 0)
        tell(&err);
    else
        rt_buf_add(&rest, at);
    rt_buf_clear(typed);
    *typed = rest;
}

static bool run_word(const struct rt_shell *shell, char *line)
{
    struct rt_err err = {0};
    bool leave = false;

    line[strcspn(line, "\r\n")] = '\0';
    if (shell->word(shell->context, line + 1, &leave, &err) < 0)
        tell(&err);
    fflush(stdout);
    return leave;
}

int rt_shell_terminal(const struct rt_shell *shell, struct rt_err *err)
{
    struct rt_buf typed = RT_BUF_INIT;
    enum typed what = LINE;
    bool leave = false;
    char *line = NULL;
    size_t room = 0;

    (void)err;
    catch_interrupts();
    while (!leave && what != END) {
        bool more = *rt_statement_begin(rt_buf_text(&typed));

        what = read_line(more ? PROMPT_MORE : PROMPT, &line, &room);
        if (what == CANCELLED) {
            rt_buf_clear(&typed);
        } else if (what == LINE && !more && line[0] == '.') {
            leave = run_word(shell, line);
        } else if (what == LINE) {
            rt_buf_add(&typed, line);
            run_typed(shell, &typed);
        }
    }
    if (*rt_statement_begin(rt_buf_text(&typed)))
        fputs("the last statement has no semicolon at its end and was not run\n", stderr);
    rt_buf_clear(&typed);
    free(line);
    return 0;
}

int rt_shell_text(const struct rt_shell *shell, const char *text, struct rt_err *err)
{
    const char *at = rt_statement_begin(text);
    int count = 0;
    int rc = 1;

    if (!*at)
        return rt_err_set(err, RT_EUSAGE,
                          "there is no statement to run; \"retrial query --list\" lists questions "
                          "that have a name");
    while (*at && rc > 0) {
        if (count++)
            fputs("\n", stdout);
        if ((rc = run_first(shell, &at, err)) == 0)
            rc = shell->statement(shell->context, at, err);
        else
            at = rt_statement_begin(at);
        if (rc == 0)
            return 0;
    }
    if (rc < 0 && (count > 1 || *at))
        return rt_err_while(err, "statement %d", count);
    return rc < 0 ? rc : 0;
}
