#ifndef RT_ENGINE_GUEST_TEMPLATE_H
#define RT_ENGINE_GUEST_TEMPLATE_H
/*
 * An interpreter of another build than our libpython becomes the template: it
 * is run in the template's place (execve), loads the module retrial-guest.so,
 * and goes on as a template inside of it. So it imports the entry once, and
 * workers are forked from it as from the embedded interpreter: one way to
 * start, watch and end them (docs/adr/0005-a-guest-becomes-the-template.md).
 */
#include "base/buf.h"
#include "base/err.h"

/* What program and module must agree in. */
#define RT_GUEST_ABI 1

/* Returns only if the interpreter cannot: 0, and the reason is appended to *why. `handed` are the
 * descriptors of engine/entry.h. */
int rt_guest_template_become(const char *executable, const int *handed, struct rt_buf *why,
                             struct rt_err *err);

#endif
