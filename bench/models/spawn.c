/* Starts /bin/true so many times, so many at once, and waits for each: what a command costs without
 * anything around it. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

extern char **environ;

int main(int argc, char **argv)
{
    long left = argc > 1 ? atol(argv[1]) : 1000;
    long jobs = argc > 2 ? atol(argv[2]) : 2;
    char *const command[] = {"/bin/true", NULL};
    long running = 0;
    pid_t pid;

    while (left > 0 || running > 0) {
        while (left > 0 && running < jobs) {
            if (posix_spawn(&pid, command[0], NULL, NULL, command, environ) != 0)
                return 1;
            left--;
            running++;
        }
        if (wait(NULL) < 0)
            return 1;
        running--;
    }
    return 0;
}
