#ifndef RT_ENGINE_TEMPLATE_H
#define RT_ENGINE_TEMPLATE_H
/*
 * A template: a process that has loaded the entry of one study and forks
 * workers from itself on request. It has one thread, and never returns.
 */
#include "engine/entry.h"

/* `control` speaks packets with the agent; `task` is a file with the JSON object
 *   {"study_id": text, "plan": {..}, "root": folder of the code root in the checkout}
 * and `output` a file for what the entry prints while it is loaded. */
_Noreturn void rt_template_main(int control, int task, int output, rt_entry_load_fn *load);

/* Variables that say how many threads a trial has, ended by NULL. Libraries start so many when they
 * are loaded; one of these stops each of them. */
extern const char *const rt_template_thread_variables[];

/* The same in an interpreter that took the template's place: see engine/guest_template.h. */
_Noreturn void rt_template_go_on(int control, int task, rt_entry_load_fn *load);

#endif
