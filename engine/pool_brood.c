/* Studies in the pool: each has a template that its workers are forked from. */
#include "engine/pool_own.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "engine/capture.h"
#include "engine/ended.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define FALLS_MAX 3            /* templates that may die in a row, once one has been up */
#define ABOUT_MAX (512u << 10) /* bytes about an interpreter and its packages */
#define SAID_MAX  500          /* bytes of a template's output quoted in a reason */

/* A file in memory with the template's task. */
static int write_task(const struct rt_brood *brood, int *fd, struct rt_err *err)
{
    struct rt_json *task = rt_json_new_object();
    struct rt_buf text = RT_BUF_INIT;
    int made = memfd_create("retrial-task", MFD_CLOEXEC);
    int rc;

    rt_json_set_text(task, "study_id", brood->study_id);
    rt_json_set_text(task, "root", brood->root);
    rt_json_set(task, "plan", rt_json_copy(rt_plan_json(brood->plan)));
    if (brood->devices)
        rt_json_set(task, "devices", rt_json_copy(brood->devices));
    rt_json_canonical(task, &text);
    if (made < 0)
        rc = rt_err_errno(err, RT_EIO, "making a file for a template");
    else
        rc = rt_fs_write_all(made, rt_buf_span(&text), "a template's task", err);
    if (rc < 0 && made >= 0)
        close(made);
    else
        *fd = made;
    rt_json_free(task);
    rt_buf_clear(&text);
    return rc;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

int rt_brood_start(struct rt_pool *pool, struct rt_brood *brood, struct rt_err *err)
{
    struct rt_packet packet = {.kind = RT_PACKET_TEMPLATE, .fd_count = 3};
    int pair[2] = {-1, -1};
    int task = -1;
    int rc;

    if ((rc = write_task(brood, &task, err)) < 0 ||
        (rc = rt_capture_new(&brood->output, err)) < 0 || (rc = rt_packet_pair(pair, err)) < 0)
        goto out;
    packet.id = rt_nursery_new_id(pool->nursery);
    packet.fds[0] = pair[1];
    packet.fds[1] = task;
    packet.fds[2] = brood->output;
    if ((rc = rt_packet_send(rt_nursery_fd(pool->nursery), &packet, err)) < 0) {
        rc = rt_err_while(err, "starting a template");
        goto out;
    }
    brood->template_id = packet.id;
    brood->control = pair[0];
    brood->state = RT_BROOD_LOADING;
    pair[0] = -1;
out:
    close_fd(&pair[0]);
    close_fd(&pair[1]);
    close_fd(&task);
    if (rc < 0)
        close_fd(&brood->output);
    return rc;
}

void rt_brood_free(struct rt_brood *brood)
{
    close_fd(&brood->control);
    close_fd(&brood->output);
    rt_backlog_clear(&brood->backlog);
    rt_reads_clear(&brood->reads);
    rt_json_free(brood->devices);
    free(brood->study_id);
    free(brood->root);
    free(brood);
}

void rt_brood_fail(struct rt_brood *brood, int code, const char *why)
{
    brood->state = RT_BROOD_FAILED;
    rt_err_set(&brood->why, code, "%s", why);
}

static void read_about(struct rt_pool *pool, int fd)
{
    uint64_t size = rt_capture_size(fd);
    struct rt_buf text = RT_BUF_INIT;
    uint64_t head;

    if (size > ABOUT_MAX)
        return;
    rt_capture_read(fd, 0, size, size, &text, &head);
    free(pool->python);
    pool->python = rt_buf_take(&text);
}

static void take_ready(struct rt_pool *pool, struct rt_brood *brood, const struct rt_packet *packet)
{
    if (brood->state != RT_BROOD_LOADING)
        return;
    if (packet->number != 0) {
        rt_brood_fail(brood, RT_EUSAGE, packet->text);
        return;
    }
    brood->state = RT_BROOD_UP;
    close_fd(&brood->output);
    if (packet->fd_count == 1)
        read_about(pool, packet->fds[0]);
}

/* The slot that a template's message is about; NULL if there is none: users' code runs in
 * templates, too. */
static struct rt_slot *slot_of(struct rt_pool *pool, const struct rt_brood *brood, uint32_t id)
{
    struct rt_slot *slot = id < pool->options.slots ? &pool->slots[id] : NULL;

    return slot && slot->state != RT_SLOT_EMPTY && slot->brood == brood ? slot : NULL;
}

static int take_started(struct rt_pool *pool, struct rt_slot *slot, const struct rt_packet *packet,
                        uint64_t mono_us, struct rt_err *err)
{
    struct rt_packet none = {.kind = RT_PACKET_ENDED};

    if (slot->forked)
        return 0;
    if (packet->pid > 0) {
        slot->forked = true;
        slot->pid = packet->pid;
        slot->brood->starting--;
        return 0;
    }
    rt_slot_end(pool, slot, &none, mono_us);
    if (pool->usable > 1) {
        pool->usable--;
        return 0;
    }
    errno = (int)packet->number;
    return rt_err_errno(err, RT_EIO, "starting a worker");
}

static int take_packet(struct rt_pool *pool, struct rt_brood *brood, const struct rt_packet *packet,
                       uint64_t mono_us, struct rt_err *err)
{
    struct rt_slot *slot;

    if (packet->kind == RT_PACKET_READY)
        take_ready(pool, brood, packet);
    for (uint32_t i = 0; i < packet->fd_count; i++)
        close(packet->fds[i]);
    slot = slot_of(pool, brood, packet->id);
    if (slot && packet->kind == RT_PACKET_STARTED)
        return take_started(pool, slot, packet, mono_us, err);
    if (slot && packet->kind == RT_PACKET_ENDED && slot->forked && slot->pid == packet->pid)
        rt_slot_end(pool, slot, packet, mono_us);
    return 0;
}

int rt_brood_step(struct rt_pool *pool, struct rt_brood *brood, uint64_t mono_us,
                  struct rt_err *err)
{
    struct rt_packet packet;
    int rc = 0;

    while (brood->control >= 0 && rc == 0) {
        rc = rt_packet_receive(brood->control, 0, &packet, NULL);
        if (rc < 0)
            close_fd(&brood->control); /* it is dying; the nursery tells when all is over */
        if (rc <= 0)
            return 0;
        rc = take_packet(pool, brood, &packet, mono_us, err);
    }
    return rc;
}

/* Why a template that never came up ended. */
static void say_why(struct rt_brood *brood, int status)
{
    struct rt_buf text = RT_BUF_INIT;
    uint64_t size = rt_capture_size(brood->output);
    uint64_t head;

    rt_buf_add(&text, "loading the entry ended the process: ");
    if (WIFSIGNALED(status))
        rt_ended_signal_text(&text, WTERMSIG(status));
    else
        rt_buf_printf(&text, "exit status %d", WEXITSTATUS(status));
    if (size)
        rt_buf_add(&text, "; it printed: ");
    rt_capture_read(brood->output, size > SAID_MAX ? size - SAID_MAX : 0, size, SAID_MAX, &text,
                    &head);
    rt_brood_fail(brood, RT_EUSAGE, rt_buf_text(&text));
    rt_buf_clear(&text);
}

int rt_brood_gone(struct rt_pool *pool, struct rt_brood *brood, int status, uint64_t mono_us,
                  struct rt_err *err)
{
    struct rt_packet ended = {.kind = RT_PACKET_ENDED, .status = SIGKILL};

    rt_brood_step(pool, brood, mono_us, NULL);
    for (uint32_t i = 0; i < pool->options.slots; i++) {
        struct rt_slot *slot = &pool->slots[i];

        if (slot->state != RT_SLOT_EMPTY && slot->brood == brood)
            rt_slot_end(pool, slot, &ended, mono_us);
    }
    close_fd(&brood->control);
    brood->template_id = 0;
    if (brood->state == RT_BROOD_LOADING && brood->falls == 0)
        say_why(brood, status);
    close_fd(&brood->output);
    if (brood->state == RT_BROOD_FAILED)
        return 0;
    brood->state = RT_BROOD_GONE;
    if (++brood->falls < FALLS_MAX)
        return rt_brood_start(pool, brood, err);
    brood->state = RT_BROOD_FAILED;
    rt_err_set(&brood->why, RT_EUSAGE, "its trials killed the process that starts workers %u times",
               brood->falls);
    return 0;
}
