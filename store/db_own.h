#ifndef RT_STORE_DB_OWN_H
#define RT_STORE_DB_OWN_H
/* What the files store/db*.c share. No other includes it. */
#include "store/db.h"

#include <sqlite3.h>

struct rt_db {
    sqlite3 *handle;
    char *path;
    rt_db_allow_fn *allow;
    void *context;
    int wal_pages; /* after the last commit of ours */
};

/* Reports the last failure of the connection, which happened while `doing`. */
int rt_db_fail(struct rt_db *db, int sqlite_code, const char *doing, struct rt_err *err);

#endif
