#include "store/index_inside.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/fs.h"
#include "store/uuid.h"

#include <stdlib.h>
#include "sql.h"

#define APPLICATION_ID 0x52547278 /* "RTrx" */
#define FORMAT         12

static const char *const schema[] = {
    rt_sql_index_create_meta,         rt_sql_index_create_study,
    rt_sql_index_create_step,         rt_sql_index_create_decision,
    rt_sql_index_create_checkpoint,   rt_sql_index_create_restore,
    rt_sql_index_create_plan,         rt_sql_index_create_axis,
    rt_sql_index_create_axis_value,   rt_sql_index_create_study_column,
    rt_sql_index_create_pending,      rt_sql_index_create_lease,
    rt_sql_index_create_past_attempt, rt_sql_index_create_launch,
    rt_sql_index_create_process,      rt_sql_index_create_process_index,
    rt_sql_index_create_agent,        rt_sql_index_create_code,
    rt_sql_index_create_package,      rt_sql_index_create_launch_package,
    rt_sql_index_create_worker,       rt_sql_index_create_code_root,
    rt_sql_index_create_tally,        rt_sql_index_insert_tally,
    rt_sql_index_create_axis_check,   rt_sql_index_create_axis_pair,
    rt_sql_index_create_model_read,   rt_sql_index_create_pair,
    rt_sql_index_create_verdict,      rt_sql_index_create_difference,
    rt_sql_index_create_floor,        rt_sql_index_create_replays,
    rt_sql_index_create_proposal,     rt_sql_index_create_proposal_value,
    rt_sql_index_create_driver,       rt_sql_index_create_heard,
};

static int insert_meta(struct rt_db *db, const uint8_t uuid[16], struct rt_err *err)
{
    struct rt_stmt *stmt;
    char text[RT_UUID_TEXT];
    int rc;

    if ((rc = rt_db_prepare(db, rt_sql_index_insert_meta, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_text(stmt, ":store", rt_uuid_text(uuid, text));
    rt_stmt_text(stmt, ":version", RETRIAL_VERSION);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

/* All or nothing: an index that has its format number is complete. */
static int create(struct rt_db *db, const uint8_t uuid[16], struct rt_err *err)
{
    char *mark =
        rt_printf("PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID, FORMAT);
    int rc = rt_db_exec(db, "BEGIN IMMEDIATE", err);

    for (size_t i = 0; rc == 0 && i < sizeof schema / sizeof schema[0]; i++)
        rc = rt_db_exec(db, schema[i], err);
    if (rc == 0 && (rc = insert_meta(db, uuid, err)) == 0 && (rc = rt_db_exec(db, mark, err)) == 0)
        rc = rt_db_exec(db, "COMMIT", err);
    free(mark);
    return rc;
}

static int check_meta(struct rt_db *db, const uint8_t uuid[16], uint64_t *position,
                      struct rt_err *err)
{
    struct rt_stmt *stmt;
    char text[RT_UUID_TEXT];
    int rc;

    if ((rc = rt_db_prepare(db, rt_sql_index_select_meta, &stmt, NULL, err)) < 0)
        return rc;
    rc = rt_stmt_step(stmt, err);
    if (rc > 0 && strcmp(rt_stmt_get_text(stmt, 0), rt_uuid_text(uuid, text)) == 0)
        *position = (uint64_t)rt_stmt_get_int(stmt, 1);
    else if (rc >= 0)
        rc = rt_err_set(err, RT_EDAMAGED, "\"%s\" is the index of another store", rt_db_path(db));
    rt_stmt_free(stmt);
    return rc < 0 ? rc : 0;
}

/* 1: it is empty, and to be filled; 2: of an older format; 0: as it should be. */
static int check_format(struct rt_db *db, struct rt_err *err)
{
    int64_t tables;
    int64_t application;
    int64_t format;
    int rc;

    if ((rc = rt_db_number(db, "SELECT count(*) FROM sqlite_schema", &tables, err)) < 0 ||
        (rc = rt_db_number(db, "PRAGMA application_id", &application, err)) < 0 ||
        (rc = rt_db_number(db, "PRAGMA user_version", &format, err)) < 0)
        return rc;
    if (tables == 0 && application == 0)
        return 1;
    if (application != APPLICATION_ID)
        return rt_err_set(err, RT_EDAMAGED, "\"%s\" is a database, but not an index of Retrial",
                          rt_db_path(db));
    if (format > FORMAT)
        return rt_err_set(err, RT_ENEWER, "\"%s\" was written by a newer version (format %lld)",
                          rt_db_path(db), (long long)format);
    return format < FORMAT ? 2 : 0;
}

int rt_index_recognise(struct rt_db *db, const uint8_t uuid[16], uint64_t *position,
                       struct rt_err *err)
{
    int rc = check_format(db, err);

    return rc != 0 ? rc : check_meta(db, uuid, position, err);
}

static int open_db(struct rt_index *index, const char *path, const uint8_t uuid[16],
                   struct rt_err *err)
{
    int rc;

    if ((rc = rt_db_open(path, RT_DB_WRITE, &index->db, err)) < 0 ||
        (rc = check_format(index->db, err)) < 0)
        return rc;
    if (rc == 2) {
        rt_db_close(index->db);
        index->db = NULL;
        if ((rc = rt_index_remove(path, err)) < 0 ||
            (rc = rt_db_open(path, RT_DB_WRITE, &index->db, err)) < 0)
            return rc;
        index->renewed = true;
        rc = 1;
    }
    if (rc == 1)
        return create(index->db, uuid, err);
    return check_meta(index->db, uuid, &index->position, err);
}

int rt_index_open(const char *path, const uint8_t uuid[16], struct rt_index **out,
                  struct rt_err *err)
{
    struct rt_index *index = rt_calloc(1, sizeof *index);
    int rc;

    *out = NULL;
    if ((rc = open_db(index, path, uuid, err)) < 0 ||
        (rc = rt_index_bulk_new(index->db, &index->bulk, err)) < 0 ||
        (rc = rt_index_pairs_new(index->db, &index->pairs, err)) < 0 ||
        (rc = rt_index_verdicts_new(index->db, &index->verdicts, err)) < 0 ||
        (rc = rt_index_load_leases(index, err)) < 0) {
        rt_index_close(index);
        return rc;
    }
    index->checks_changed = true;
    *out = index;
    return 0;
}

void rt_index_close(struct rt_index *index)
{
    if (!index)
        return;
    for (size_t i = 0; i < index->table_count; i++)
        rt_index_table_free(index->tables[i]);
    rt_stmt_free(index->past.stmt);
    rt_index_processes_free(index->processes);
    rt_stmt_free(index->insert_step);
    rt_stmt_free(index->keep_first);
    rt_stmt_free(index->find_first);
    for (size_t i = 0; i < 3; i++)
        rt_stmt_free(index->proposals[i]);
    rt_metrics_clear(&index->metrics);
    rt_buf_clear(&index->result);
    rt_buf_clear(&index->reason);
    free(index->tables);
    free(index->leases);
    rt_db_close(index->db);
    rt_index_bulk_free(index->bulk);
    rt_index_pairs_free(index->pairs);
    rt_index_verdicts_free(index->verdicts);
    free(index);
}

int rt_index_remove(const char *path, struct rt_err *err)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof ends / sizeof ends[0]; i++) {
        char *file = rt_printf("%s%s", path, ends[i]);

        rc = rt_fs_remove(file, err);
        free(file);
    }
    return rc;
}

uint64_t rt_index_position(const struct rt_index *index)
{
    return index->position;
}

bool rt_index_renewed(const struct rt_index *index)
{
    return index->renewed;
}

void rt_index_set_payload(struct rt_index *index, rt_index_payload_fn *payload, void *context)
{
    index->payload = payload;
    index->payload_context = context;
}

int rt_index_table_of(struct rt_index *index, uint32_t study, struct rt_index_table **out,
                      struct rt_err *err)
{
    struct rt_index_table **slot;
    int rc;

    if (study > index->table_count) {
        index->tables = rt_realloc(index->tables, study * sizeof *index->tables);
        for (size_t i = index->table_count; i < study; i++)
            index->tables[i] = NULL;
        index->table_count = study;
    }
    slot = &index->tables[study - 1];
    if (!*slot && ((rc = rt_index_table_load(index->db, study, slot, err)) < 0 ||
                   (rc = rt_index_load_pending(*slot, err)) < 0 ||
                   (rc = rt_index_load_steps(*slot, err)) < 0))
        return rc;
    *out = *slot;
    return 0;
}

int rt_index_run(struct rt_index *index, const char *sql, const struct rt_event *event,
                 uint32_t study, struct rt_err *err)
{
    char time[RT_TIME_TEXT];
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(index->db, sql, &stmt, NULL, err)) < 0)
        return rc;
    if (rt_stmt_param(stmt, ":record"))
        rt_stmt_text_at(stmt, rt_stmt_param(stmt, ":record"), event->body);
    rt_stmt_text(stmt, ":time", rt_time_text(event->time_us, time));
    rt_stmt_int(stmt, ":event", (int64_t)event->seq);
    rt_stmt_int(stmt, ":study", study);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

static int apply_launch(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    int rc;

    if ((rc = rt_index_run(index, rt_sql_index_update_launch_died, event, 0, err)) < 0 ||
        (rc = rt_index_run(index, rt_sql_index_insert_launch, event, 0, err)) < 0)
        return rc;
    return rt_index_apply_lost(index, event, err);
}

static int apply_code(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    int rc = rt_index_run(index, rt_sql_index_insert_code, event, 0, err);

    return rc < 0 ? rc : rt_index_run(index, rt_sql_index_insert_code_root, event, 0, err);
}

static int apply_launch_end(struct rt_index *index, const struct rt_event *event,
                            struct rt_err *err)
{
    int rc = rt_index_run(index, rt_sql_index_update_launch_end, event, 0, err);

    return rc < 0 ? rc : rt_index_apply_lost(index, event, err);
}

/* Nearly all events between attempts are leases, which look at no row of a first attempt. */
static bool is_of_trials(enum rt_event_kind kind)
{
    return kind == RT_EVENT_ATTEMPTS || kind == RT_EVENT_LEASE || kind == RT_EVENT_RETURN;
}

static int apply(struct rt_index *index, const struct rt_event *event, struct rt_err *err)
{
    int rc;

    if (!is_of_trials(event->kind) && (rc = rt_index_bulk_flush(index->bulk, err)) < 0)
        return rc;
    switch (event->kind) {
    case RT_EVENT_LAUNCH:
        return apply_launch(index, event, err);
    case RT_EVENT_LAUNCH_END:
        return apply_launch_end(index, event, err);
    case RT_EVENT_STUDY:
        return rt_index_run(index, rt_sql_index_insert_study, event, 0, err);
    case RT_EVENT_PLAN:
        return rt_index_apply_plan(index, event, err);
    case RT_EVENT_CODE:
        return apply_code(index, event, err);
    case RT_EVENT_AGENT:
        return rt_index_apply_agent(index, event, err);
    case RT_EVENT_LEASE:
        return rt_index_apply_lease(index, event, err);
    case RT_EVENT_ATTEMPTS:
        return rt_index_apply_attempts(index, event, err);
    case RT_EVENT_RETURN:
        return rt_index_apply_return(index, event, err);
    case RT_EVENT_READS:
        return rt_index_apply_reads(index, event, err);
    case RT_EVENT_VERDICT:
        return rt_index_apply_verdict(index, event, err);
    case RT_EVENT_FLOOR:
        return rt_index_apply_floor(index, event, err);
    case RT_EVENT_PROPOSE:
        return rt_index_apply_propose(index, event, err);
    case RT_EVENT_TELL:
    case RT_EVENT_DRIVER:
        return rt_index_apply_driver(index, event, err);
    case RT_EVENT_CANCEL:
        return rt_index_apply_cancel(index, event, err);
    case RT_EVENT_REPORTS:
        return rt_index_apply_reports(index, event, err);
    case RT_EVENT_DECISIONS:
    case RT_EVENT_CHECKPOINT:
    case RT_EVENT_RESTORE:
        return rt_index_apply_told(index, event, err);
    default: /* STORE, and kinds that only a newer version can show */
        return 0;
    }
}

/* Once a call has failed the transaction is in pieces: nothing of it may be committed. */
static int broken(struct rt_index *index, int rc, struct rt_err *err)
{
    index->failed = true;
    if (rc == RT_EUSAGE || rc == RT_ENOTFOUND) { /* our own SQL does not fit what is there */
        rc = RT_EDAMAGED;
        if (err)
            err->code = rc;
    }
    return rc;
}

int rt_index_begin(struct rt_index *index, struct rt_err *err)
{
    int rc = index->begun ? 0 : rt_db_exec(index->db, "BEGIN IMMEDIATE", err);

    index->begun = index->begun || rc == 0;
    return rc;
}

int rt_index_apply(struct rt_index *index, const struct rt_state *state,
                   const struct rt_event *event, struct rt_err *err)
{
    int rc;

    if (index->failed || event->seq != index->position + 1)
        return rt_err_set(err, RT_EINTERNAL, "event %llu cannot follow %llu in the index",
                          (unsigned long long)event->seq, (unsigned long long)index->position);
    index->state = state;
    if ((rc = rt_index_begin(index, err)) == 0)
        rc = apply(index, event, err);
    if (rc < 0) {
        rt_err_while(err, "indexing event %llu", (unsigned long long)event->seq);
        return broken(index, rc, err);
    }
    index->position = event->seq;
    return 0;
}

static int settle_tables(struct rt_index *index, struct rt_err *err)
{
    for (size_t i = 0; i < index->table_count; i++) {
        struct rt_index_table *table = index->tables[i];
        int rc;

        if (!table || !table->view || (!table->touched && !table->view_stale))
            continue;
        if ((rc = rt_index_settle_pending(index, table, err)) < 0 ||
            (rc = rt_index_settle_checks(index, table, err)) < 0 ||
            (table->view_stale && (rc = rt_index_define_views(index, table, err)) < 0))
            return rc;
        table->touched = false;
    }
    return 0;
}

static int save_position(struct rt_index *index, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(index->db, rt_sql_index_update_position, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":position", (int64_t)index->position);
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    return rc;
}

int rt_index_commit(struct rt_index *index, struct rt_err *err)
{
    int rc;

    if (index->failed)
        return rt_err_set(err, RT_EINTERNAL, "the index failed before");
    if (!index->begun)
        return 0;
    if ((rc = rt_index_bulk_flush(index->bulk, err)) < 0 ||
        (rc = rt_index_settle_leases(index, err)) < 0 || (rc = settle_tables(index, err)) < 0 ||
        (rc = save_position(index, err)) < 0 || (rc = rt_db_exec(index->db, "COMMIT", err)) < 0)
        return broken(index, rc, err);
    index->begun = false;
    return 0;
}

int rt_index_tidy(struct rt_index *index, struct rt_err *err)
{
    int64_t page_bytes;
    int64_t pages;
    int rc;

    if ((rc = rt_db_number(index->db, "PRAGMA page_size", &page_bytes, err)) < 0)
        return rc;
    if (rt_db_wal_pages(index->db) * page_bytes <= RT_INDEX_WAL_KEPT)
        return 0;
    if ((rc = rt_db_checkpoint(index->db, false, &pages, err)) < 0)
        return rc;
    if (pages * page_bytes <= RT_INDEX_WAL_MAX)
        return 0;
    return rt_db_checkpoint(index->db, true, &pages, err);
}
