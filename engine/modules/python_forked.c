/*
 * Reads of params in processes that a model forks, as loaders of data do: they
 * come to the worker through a page that they share, as names one after the
 * other, each behind its length and before a mark that it is complete.
 */
#include "engine/modules/python.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROOM     65000u /* bytes of names; what comes after that is not known */
#define COMPLETE 1

struct page {
    atomic_uint used;
    unsigned char names[ROOM];
};

static struct page *page; /* of this worker and its descendants */
static pid_t owner;
static unsigned taken; /* bytes that the worker has taken */

/* Only the worker comes here: what its trials fork ends with them. */
void rt_python_forked_share(void)
{
    void *made;

    if (owner)
        return;
    made = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    page = made == MAP_FAILED ? NULL : made;
    owner = getpid();
    taken = 0;
}

void rt_python_forked_tell(const char *name)
{
    size_t length = strlen(name);
    unsigned at;

    if (!page || getpid() == owner || length == 0 || length > RT_READS_KEY_MAX)
        return;
    at = atomic_fetch_add(&page->used, (unsigned)length + 3);
    if (at > ROOM || ROOM - at < length + 3)
        return;
    memcpy(page->names + at + 2, name, length);
    page->names[at] = (unsigned char)(length & 0xFF);
    page->names[at + 1] = (unsigned char)(length >> 8);
    atomic_thread_fence(memory_order_release);
    page->names[at + 2 + length] = COMPLETE;
}

/* The name at `taken`, if it is complete; how many bytes it takes. */
static unsigned next(char name[RT_READS_KEY_MAX + 1])
{
    const volatile unsigned char *at = page->names + taken;
    unsigned length;

    if (ROOM - taken < 3)
        return 0;
    length = at[0] | (unsigned)at[1] << 8;
    if (length == 0 || length > RT_READS_KEY_MAX || ROOM - taken < length + 3 ||
        at[2 + length] != COMPLETE)
        return 0;
    atomic_thread_fence(memory_order_acquire);
    memcpy(name, page->names + taken + 2, length);
    name[length] = '\0';
    return length + 3;
}

void rt_python_forked_take(struct rt_reads *reads)
{
    char name[RT_READS_KEY_MAX + 1];
    unsigned size;

    if (!page || atomic_load(&page->used) == taken)
        return;
    while ((size = next(name)) > 0) {
        rt_reads_note(reads, name);
        taken += size;
    }
    if (atomic_load(&page->used) > ROOM)
        rt_reads_note(reads, "*");
}
