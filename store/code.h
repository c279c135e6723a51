#ifndef RT_STORE_CODE_H
#define RT_STORE_CODE_H
/*
 * Code is content: snapshots of a study's code roots, in the store's own
 * bare repository (code.git). The user's index, HEAD and stash stay as they
 * are; hooks and filters never run. What git makes difficult is recorded as
 * a reason and never stops a run.
 *
 * A code state is known by the SHA-256 over its files (root, path, mode and
 * SHA-256 of the content), never by a commit id. It is kept as one git tree
 * with one folder per root, under refs/retrial/<hex>.
 *
 * Not stored, but named in the record: what git ignores, environments, data
 * (untracked files over 10 MiB, large folders), and files that look like
 * secrets. Not even named: .git, stores, study files given by the caller,
 * notebooks, byte code. docs/code-state.md has every rule and the formats.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"

struct rt_code_request {
    const char *repository;   /* path of code.git; made if missing */
    const char *const *roots; /* folders, absolute */
    size_t count;
    const char *const *leave_out; /* absolute paths of files that are not code: study files */
    size_t leave_out_count;
    const char *const *keep; /* absolute paths of files that are code even if git ignores them */
    size_t keep_count;
    const char *const *ignore; /* patterns of what is no code, though `keep` is */
    size_t ignore_count;
};

/*
 * Takes a snapshot, durable on return. RT_EUSAGE if a root is no folder that can be read; a root
 * given twice counts once. *record (yours) is the body of a CODE event:
 *   {"code": hex,
 *    "roots": [{"name": "noise", "path": "/abs/noise", "files": n, "bytes": n,
 *               "repository": path|null, "commit": hex|null, "branch": text|null,
 *               "remote": URL without credentials|null, "dirty": bool, "reason": text|null,
 *               "linked": [relative paths left out but present: data, ignored, large],
 *               "left_out": [relative paths that look like secrets]}]}
 */
int rt_code_snapshot(const struct rt_code_request *request, struct rt_hash *code,
                     struct rt_json **record, struct rt_err *err);

/* Appends a bundle of the code state: what an agent unpacks without git or the store. */
int rt_code_bundle(const char *repository, const struct rt_hash *code, const struct rt_json *record,
                   struct rt_buf *out, struct rt_err *err);

/* Unpacks a bundle below `folder` (made; files read-only): folder/<root name>/... The files'
 * hashes are checked against `code`. Entries that were linked become links to the originals. */
int rt_code_unpack(struct rt_span bundle, const struct rt_hash *code, const char *folder,
                   struct rt_err *err);

/* Reads all of a code state and compares it with its hash. RT_ENOTFOUND; RT_EDAMAGED. */
int rt_code_check(const char *repository, const struct rt_hash *code, struct rt_err *err);

/* Bytes of one file of a code state ("noise/model.py"); RT_ENOTFOUND. */
int rt_code_file(const char *repository, const struct rt_hash *code, const char *path,
                 struct rt_buf *out, struct rt_err *err);

/* Appends for people which files differ between two states: "M noise/model.py" lines. */
int rt_code_diff(const char *repository, const struct rt_hash *a, const struct rt_hash *b,
                 struct rt_buf *out, struct rt_err *err);

/* Appends the same as a unified diff. */
int rt_code_patch(const char *repository, const struct rt_hash *a, const struct rt_hash *b,
                  struct rt_buf *out, struct rt_err *err);

#endif
