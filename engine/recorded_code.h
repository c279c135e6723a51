#ifndef RT_ENGINE_RECORDED_CODE_H
#define RT_ENGINE_RECORDED_CODE_H
/* What is recorded of a code state. */
#include "store/store.h"

/* The body of its CODE event, the last one; yours. RT_EDAMAGED if the journal has none. */
int rt_recorded_code(struct rt_store *store, const char *hex, struct rt_json **record,
                     struct rt_err *err);

#endif
