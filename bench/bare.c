/*
 * The bare loop behind a driver: reads what it proposes, as much as is there, brings it to the disk,
 * calls a function, brings the results to the disk, and answers. It parses nothing, gives no work to
 * others, and keeps no order of events: what is left when all that Retrial is for is taken away.
 *
 *   bare DRIVER ARGUMENT ...      appends to ./bare.log
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK (1 << 16)

static double noop(double x)
{
    return 2.0 * x;
}

static pid_t start(char **argv, int *to, int *from)
{
    int in[2];
    int out[2];
    pid_t pid;
    char number[16];

    if (pipe(in) < 0 || pipe(out) < 0)
        exit(1);
    if ((pid = fork()) == 0) {
        close(in[1]);
        close(out[0]);
        snprintf(number, sizeof number, "%d", in[0]);
        setenv("RETRIAL_DRIVER_IN", number, 1);
        snprintf(number, sizeof number, "%d", out[1]);
        setenv("RETRIAL_DRIVER_OUT", number, 1);
        execvp(argv[0], argv);
        _exit(127);
    }
    signal(SIGPIPE, SIG_IGN);
    close(in[0]);
    close(out[1]);
    *to = in[1];
    *from = out[0];
    return pid;
}

static void keep(int log, const char *text, size_t size)
{
    if (write(log, text, size) != (ssize_t)size || fdatasync(log) < 0)
        exit(1);
}

/* Runs the proposals of whole lines; the answers, one line. */
static size_t answer(char *lines, char *end, char *out)
{
    char *at = out + sprintf(out, "{\"done\":[");

    for (char *line = lines; line < end; line = strchr(line, '\n') + 1) {
        const char *id = strstr(line, "\"id\":");
        const char *x = strstr(line, "\"x\":");

        if (id && id < end && x && x < end)
            at += sprintf(at, "%s{\"id\":%ld,\"outcome\":\"ok\",\"metrics\":{\"y\":%.17g}}",
                          at[-1] == '[' ? "" : ",", strtol(id + 5, NULL, 10),
                          noop(strtod(x + 4, NULL)));
    }
    return (size_t)(at + sprintf(at, "]}\n") - out);
}

int main(int argc, char **argv)
{
    static char in[CHUNK + 1];
    static char out[8 * CHUNK];
    int log = open("bare.log", O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    size_t held = 0;
    int to;
    int from;
    ssize_t got;
    int status = 1;
    pid_t pid = argc > 1 && log >= 0 ? start(argv + 1, &to, &from) : -1;

    if (pid < 0 || write(to, "{\"hello\":{}}\n", 13) != 13)
        return 1;
    while ((got = read(from, in + held, CHUNK - held)) > 0) {
        char *end;
        size_t size;

        held += (size_t)got;
        in[held] = '\0';
        if (!(end = memrchr(in, '\n', held)))
            continue;
        end++;
        keep(log, in, (size_t)(end - in));
        size = answer(in, end, out);
        keep(log, out, size);
        if (write(to, out, size) < 0) /* it has ended */
            break;
        held -= (size_t)(end - in);
        memmove(in, end, held);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
