#ifndef RT_BASE_HOST_H
#define RT_BASE_HOST_H
/*
 * This host and this process. Whoever needs to know whether a process of
 * another time still lives compares host, boot, pid and start: a pid alone
 * is used again.
 */
#include <stdint.h>
#include <sys/types.h>

char *rt_host_name(void);             /* yours */
char *rt_host_boot(void);             /* yours; Linux's random id of this boot, or "" */
char *rt_host_system(void);           /* yours; "Linux 6.1.0-18-amd64 x86_64" */
char *rt_host_cpu(void);              /* yours; the model of the first CPU, or "" */
char *rt_host_user(void);             /* yours; of the effective user, "uid 1000" if without name */
unsigned rt_host_cores(void);         /* that this process may run on */
unsigned rt_host_cores_of(pid_t pid); /* another one; 0 if that is not to be known */
uint64_t rt_host_memory_kib(void);    /* of the host; 0 if unknown */

/* Bytes that new processes may use: what the kernel calls available, or the limit of our control
 * group or one above it, whichever is smaller; 0 if unknown. */
uint64_t rt_host_memory_available(void);

/* The path of a file in which the kernel or a driver tells of the host; yours. It is looked for
 * below $RETRIAL_HOST_ROOT if that is set. */
char *rt_host_path(const char *path);

#endif
