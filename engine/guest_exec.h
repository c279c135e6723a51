#ifndef RT_ENGINE_GUEST_EXEC_H
#define RT_ENGINE_GUEST_EXEC_H
/* Running an interpreter in the place of this process, configured as the embedded one is. */
#include <stddef.h>

/* Returns only if it fails, with errno. The program finds its arguments in sys.argv[1:], the user's
 * environment in os.environ, and neither the current folder nor other versions' folders of
 * PYTHONPATH in sys.path. */
void rt_guest_exec(const char *executable, const char *program, const char *const *arguments,
                   size_t count);

#endif
