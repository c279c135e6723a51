#include "cli/environments.h"

#include "base/escape.h"
#include "base/fs.h"
#include "query/environments.h"

#include <stdlib.h>

int rt_environments_print(const char *store_path, const char *study, FILE *to, struct rt_err *err)
{
    char *path = rt_fs_join(store_path, "index.sqlite");
    struct rt_buf text = RT_BUF_INIT;
    struct rt_buf shown = RT_BUF_INIT;
    struct rt_db *db = NULL;
    int rc;

    if ((rc = rt_db_open(path, RT_DB_READ, &db, err)) == 0 &&
        (rc = rt_environments_tell(db, study, &text, err)) == 0 && text.size) {
        rt_escape_line(&shown, rt_buf_span(&text));
        fprintf(to, "warning: %s; retrial show %s lists them\n", rt_buf_text(&shown), study);
    }
    rt_db_close(db);
    rt_buf_clear(&shown);
    rt_buf_clear(&text);
    free(path);
    return rc;
}
