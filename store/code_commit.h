#ifndef RT_STORE_CODE_COMMIT_H
#define RT_STORE_CODE_COMMIT_H
/*
 * The code state that a commit is: what the roots of a recorded code state
 * hold in another revision of their repositories. People's work trees are
 * neither read nor changed, and no filter runs.
 */
#include "store/code.h"

struct rt_code_commit_request {
    const char *repository;       /* path of code.git */
    const struct rt_json *like;   /* body of a CODE event: the roots, and where they are */
    const char *revision;         /* an id or its beginning, a branch, a tag, "HEAD~2" */
    const char *const *leave_out; /* absolute paths of files that are not code */
    size_t leave_out_count;
    const char *const *ignore; /* patterns of what is no code */
    size_t ignore_count;
};

/*
 * Takes a snapshot of the revision, durable on return, with a record as of rt_code_snapshot().
 * Roots whose repository lacks the revision, or that are in none, stay as recorded. RT_ENOTFOUND if
 * no repository has it; RT_EUSAGE if it means more than one commit.
 */
int rt_code_commit(const struct rt_code_commit_request *request, struct rt_hash *code,
                   struct rt_json **record, struct rt_err *err);

/*
 * Whether a repository of the roots has the revision, and the code state that it is would have the
 * file (as a path in it; NULL: any will do) or a link to it: 0, or as above; nothing is written. A
 * file that stays as it was recorded, as it is below a submodule, is taken to be there.
 */
int rt_code_commit_known(const struct rt_code_commit_request *request, const char *file,
                         struct rt_err *err);

#endif
