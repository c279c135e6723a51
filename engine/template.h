#ifndef RT_ENGINE_TEMPLATE_H
#define RT_ENGINE_TEMPLATE_H
/*
 * A template: a process that has loaded the entry of one study and forks
 * workers from itself on request. It has one thread, and never returns.
 */

/* `control` speaks packets with the agent; `task` is a file with the JSON object
 *   {"study_id": text, "plan": {..}, "root": folder of the code root in the checkout}
 * and `output` a file for what the entry prints while it is loaded. */
_Noreturn void rt_template_main(int control, int task, int output);

#endif
