#include "engine/guest.h"

#include "base/buf.h"
#include "base/reader.h"
#include "engine/guest_exec.h"
#include "python_guest.h"
#include "python_trial.h"
#include "python_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MESSAGE_MAX (1u << 30) /* bytes */
#define ENDING_MS   1000
#define LOW_FDS     400 /* as in worker.c */

/* The first thing that a guest runs: it takes its program from the channel. */
static const char boot[] =
    "def take(size):\n"
    "    data = b''\n"
    "    while len(data) < size:\n"
    "        data += os.read(fd, size - len(data)) or os._exit(1)\n"
    "    return data\n"
    "fd = int(sys.argv[1])\n"
    "nonce = take(8)\n"
    "if sys.version_info < (3, 6):\n"
    "    import json, struct\n"
    "    old = 'retrial needs Python 3.6 or later, and %s is %s'\n"
    "    old = json.dumps({'error': old % (sys.executable, sys.version.split()[0])}).encode()\n"
    "    os.write(fd, nonce + struct.pack('<I', len(old)) + old)\n"
    "    sys.exit(1)\n"
    "os.set_inheritable(fd, False)\n"
    "scope = {'__name__': '_retrial'}\n"
    "for _ in range(3):\n"
    "    text = take(int.from_bytes(take(4), 'little')).decode()\n"
    "    exec(compile(text, '<retrial>', 'exec'), scope)\n"
    "scope['serve'](fd, nonce)\n";

static void become(const char *executable, int channel, pid_t parent)
{
    const char *argument;
    char number[16];
    int copy;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    copy = fcntl(channel, F_DUPFD, LOW_FDS); /* without close-on-exec */
    snprintf(number, sizeof number, "%d", copy < 0 ? dup(channel) : copy);
    argument = number;
    rt_guest_exec(executable, boot, &argument, 1);
    dprintf(STDERR_FILENO, "retrial: running \"%s\" failed\n", executable);
    _exit(127);
}

static int start_process(struct rt_guest *guest, const char *executable, struct rt_err *err)
{
    pid_t parent = getpid();
    int ends[2];

    if (getrandom(&guest->nonce, sizeof guest->nonce, 0) != sizeof guest->nonce)
        return rt_err_errno(err, RT_EIO, "drawing a random number");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return rt_err_errno(err, RT_EIO, "making a socket for \"%s\"", executable);
    fflush(stdout);
    guest->pid = fork();
    if (guest->pid == 0)
        become(executable, ends[1], parent);
    close(ends[1]);
    guest->channel = ends[0];
    if (guest->pid < 0) {
        guest->pid = 0;
        rt_guest_stop(guest);
        return rt_err_errno(err, RT_EIO, "starting a process for \"%s\"", executable);
    }
    guest->pidfd = (int)syscall(SYS_pidfd_open, guest->pid, 0);
    return 0;
}

void rt_guest_stop(struct rt_guest *guest)
{
    if (guest->channel >= 0)
        close(guest->channel);
    if (guest->pid > 0) {
        kill(guest->pid, SIGKILL);
        waitpid(guest->pid, NULL, 0);
    }
    if (guest->pidfd >= 0)
        close(guest->pidfd);
    *guest = (struct rt_guest)RT_GUEST_INIT;
}

static int put_bytes(struct rt_guest *guest, struct rt_span data)
{
    const char *at = data.data;

    while (data.size) {
        ssize_t put = send(guest->channel, at, data.size, MSG_NOSIGNAL);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return RT_EPEER;
        at += put;
        data.size -= (size_t)put;
    }
    return 0;
}

static int put_message(struct rt_guest *guest, struct rt_span text)
{
    struct rt_buf message = RT_BUF_INIT;
    int rc;

    rt_buf_put_u32(&message, (uint32_t)text.size);
    rt_buf_put(&message, text.data, text.size);
    rc = put_bytes(guest, rt_buf_span(&message));
    rt_buf_clear(&message);
    return rc;
}

/* Waits for bytes. A process that the guest left behind may hold its end of the channel open, so
 * that only the pidfd tells of the guest's own end. */
static int get_bytes(struct rt_guest *guest, size_t size, struct rt_buf *out)
{
    struct pollfd fds[2] = {{guest->channel, POLLIN, 0}, {guest->pidfd, POLLIN, 0}};
    size_t wanted = out->size + size;

    while (out->size < wanted) {
        ssize_t got;

        if (poll(fds, guest->pidfd >= 0 ? 2 : 1, -1) < 0 && errno != EINTR)
            return RT_EPEER;
        rt_buf_reserve(out, wanted - out->size);
        got = recv(guest->channel, out->data + out->size, wanted - out->size, MSG_DONTWAIT);
        if (got > 0)
            out->size += (size_t)got;
        else if (got == 0 || (errno != EAGAIN && errno != EINTR))
            return RT_EPEER;
        else if (fds[1].revents)
            return RT_EPEER;
    }
    return 0;
}

/* The guest's next message begins with its nonce. What users' code has written to the channel
 * before it, as to all that it inherited, is none. */
static int find_message(struct rt_guest *guest, struct rt_buf *message)
{
    int rc = get_bytes(guest, sizeof guest->nonce, message);

    while (rc == 0 && memcmp(message->data, &guest->nonce, sizeof guest->nonce) != 0) {
        memmove(message->data, message->data + 1, --message->size);
        rc = get_bytes(guest, 1, message);
    }
    rt_buf_reset(message);
    return rc;
}

static int get_message(struct rt_guest *guest, struct rt_json **out, struct rt_err *err)
{
    struct rt_buf message = RT_BUF_INIT;
    struct rt_reader reader;
    uint32_t size;
    int rc;

    if ((rc = find_message(guest, &message)) == 0 && (rc = get_bytes(guest, 4, &message)) == 0) {
        reader = rt_reader(rt_buf_span(&message));
        size = rt_read_u32(&reader);
        rt_buf_reset(&message);
        rc = size > MESSAGE_MAX ? RT_EPEER : get_bytes(guest, size, &message);
    }
    if (rc == 0 && rt_json_parse(rt_buf_span(&message), out, err) < 0)
        rc = rt_err_set(err, RT_EPEER, "the guest interpreter answered nonsense");
    rt_buf_clear(&message);
    return rc;
}

/* A process that ends closes its descriptors a little before it can be waited for. */
static void bury(struct rt_guest *guest, int *status)
{
    struct pollfd ended = {guest->pidfd, POLLIN, 0};
    pid_t pid = guest->pid;

    *status = 0;
    if (pid > 0) {
        if (guest->pidfd >= 0)
            poll(&ended, 1, ENDING_MS);
        if (waitpid(pid, status, WNOHANG) == 0) {
            kill(pid, SIGKILL);
            waitpid(pid, NULL, 0);
            *status = RT_GUEST_CUT;
        }
    }
    guest->pid = 0;
    rt_guest_stop(guest);
}

/* Answers what a running trial asks; 1 if that is what the message was. */
static int answer_trial(struct rt_guest *guest, rt_guest_ask_fn *ask, void *context,
                        struct rt_json **message)
{
    const struct rt_json *asked = rt_json_get(*message, "ask");
    struct rt_buf reply = RT_BUF_INIT;
    char *text;
    int rc;

    if (!asked || !ask)
        return 0;
    text = rt_json_text(asked);
    ask(context, rt_span_text(text), &reply);
    rc = put_message(guest, rt_buf_span(&reply));
    rt_buf_clear(&reply);
    free(text);
    rt_json_free(*message);
    *message = NULL;
    return rc < 0 ? rc : 1;
}

int rt_guest_ask(struct rt_guest *guest, const struct rt_json *question, rt_guest_ask_fn *ask,
                 void *context, struct rt_json **answer, int *status, struct rt_err *err)
{
    char *text = rt_json_text(question);
    int rc = put_message(guest, rt_span_text(text));

    free(text);
    *answer = NULL;
    do {
        if (rc >= 0)
            rc = get_message(guest, answer, err);
        if (rc == 0)
            rc = answer_trial(guest, ask, context, answer);
    } while (rc > 0);
    if (rc < 0) {
        bury(guest, status);
        return rt_err_set(err, RT_EPEER, "the guest interpreter ended");
    }
    return 0;
}

int rt_guest_start(struct rt_guest *guest, const char *executable, const struct rt_json *task,
                   struct rt_json **about, struct rt_err *err)
{
    struct rt_json *answer = NULL;
    const char *refusal;
    int status = 0;
    int rc;

    *about = NULL;
    if ((rc = start_process(guest, executable, err)) < 0)
        return rc;
    if (put_bytes(guest, rt_span(&guest->nonce, sizeof guest->nonce)) < 0 ||
        put_message(guest, rt_span_text(rt_python_worker)) < 0 ||
        put_message(guest, rt_span_text(rt_python_trial)) < 0 ||
        put_message(guest, rt_span_text(rt_python_guest)) < 0 ||
        rt_guest_ask(guest, task, NULL, NULL, &answer, &status, err) < 0) {
        if (guest->pid)
            bury(guest, &status);
        return rt_err_set(err, RT_EUSAGE,
                          "the interpreter \"%s\" ended with status %d before it had loaded the "
                          "entry; try: %s -c 'import json'",
                          executable, WIFEXITED(status) ? WEXITSTATUS(status) : status, executable);
    }
    if ((refusal = rt_json_get_text(answer, "error", NULL)) != NULL)
        rc = rt_err_set(err, RT_EUSAGE, "%s", refusal);
    else
        *about = rt_json_keep(rt_json_get(answer, "about"));
    rt_json_free(answer);
    if (rc < 0)
        rt_guest_stop(guest);
    return rc;
}
