#ifndef RT_STORE_EXPORT_H
#define RT_STORE_EXPORT_H
/*
 * A copy of a store as it is after one of its events, whoever writes to it
 * meanwhile. It has the store's UUID and is a store like any other.
 */
#include "store/store.h"

/* Copies to a folder that is not there yet, or empty; it appears there whole, by rename. Until then
 * it is FOLDER.PID.new. RT_EUSAGE if there is something else already. */
int rt_export(struct rt_store *store, const char *folder, struct rt_err *err);

/* The same, and the copy keeps what is in inputs (store/input.h): [{"path", "sha256", "bytes",
 * "original": where it lies}]. Those that the store keeps go with every copy. *missing gets a
 * sentence for each that is not what was recorded any more. */
int rt_export_with(struct rt_store *store, const char *folder, const struct rt_json *inputs,
                   struct rt_json *missing, struct rt_err *err);

#endif
