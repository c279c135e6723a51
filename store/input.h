#ifndef RT_STORE_INPUT_H
#define RT_STORE_INPUT_H
/*
 * The content of inputs: files and folders that trials depend on and that are no code.
 *
 * It is known by a hash: of a file that of its content, of a folder that of a listing which
 * docs/plan.md has. A store may keep what is in an input: then the listing is an object, known by
 * the very hash of the input, and so is the content of each file and the text of each link in it.
 */
#include "base/json.h"
#include "store/store.h"

/* The folder that relative paths of a plan's inputs start at: `root` is the plan's, the record of
 * the code says where it was. Yours; NULL if it does not. */
char *rt_input_folder(const struct rt_json *code_record, const char *root);

/* The hash of the file or folder at a path, and how many bytes its files have. RT_EUSAGE if it is
 * not there or cannot be read. */
int rt_input_hash(const char *path, struct rt_hash *hash, uint64_t *bytes, struct rt_err *err);

/* Keeps what is at a path in the objects of a store that is open for writing. RT_ECONFLICT if it
 * is not what `input` ({"path", "sha256", "bytes"}, of a plan) says. */
int rt_input_keep(struct rt_store *store, const struct rt_json *input, const char *path,
                  struct rt_err *err);

/* Whether the store keeps all of an input. */
bool rt_input_kept(struct rt_store *store, const struct rt_json *input);

/* Has a store that is open for writing keep what another one does. RT_ENOTFOUND if that does not.
 */
int rt_input_mirror(struct rt_store *from, struct rt_store *to, const struct rt_json *input,
                    struct rt_err *err);

/* Writes what the store keeps of an input to a path that is not there yet. RT_ENOTFOUND if it keeps
 * it not. Files are 0644, folders 0755; no modes are recorded. */
int rt_input_restore(struct rt_store *store, const struct rt_json *input, const char *path,
                     struct rt_err *err);

/* Copies an input as it was recorded to a path that is not there yet: from `original` if that is
 * still the same, else what the store keeps. RT_ECONFLICT if neither can be had, RT_EUSAGE if the
 * original ceased to be readable, RT_EIO if the copy cannot be written. */
int rt_input_copy(struct rt_store *store, const struct rt_json *input, const char *original,
                  const char *path, struct rt_err *err);

#endif
