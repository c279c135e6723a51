#ifndef RT_ENGINE_INPUTS_H
#define RT_ENGINE_INPUTS_H
/*
 * Inputs: files and folders that trials depend on and that are no code.
 *
 * What is in them is known by a hash, whatever git thinks of them. Of a file
 * it is the SHA-256 of its content; of a folder that of a listing, which
 * docs/plan.md has. Nothing is copied: trials read the originals.
 */
#include "base/err.h"
#include "base/json.h"

/* Reads all inputs of a plan object and notes "sha256" and "bytes" of each. Relative paths start at
 * `folder`. RT_EUSAGE if one is not there or cannot be read. */
int rt_inputs_read(struct rt_json *plan, const char *folder, struct rt_err *err);

/* The path of the first input that is in both plans and has another content in the second, or
 * NULL. Borrowed from `now`. */
const char *rt_inputs_changed(const struct rt_json *before, const struct rt_json *now);

#endif
