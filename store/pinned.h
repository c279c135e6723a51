#ifndef RT_STORE_PINNED_H
#define RT_STORE_PINNED_H
/* Which other process keeps a database in WAL mode open, as far as /proc lets us see. */
#include <stddef.h>

/* Puts "pid 4711 (sqlite3)" into text, and how many others there are; "somebody" if none can be
 * seen: another user's process, or one on another host. */
void rt_pinned_by(const char *database, char *text, size_t size);

#endif
