#ifndef RT_STORE_CONTROL_ADDRESS_H
#define RT_STORE_CONTROL_ADDRESS_H
/* The address of a store's control socket. A path in it ends at 108 bytes, and stores lie deeper:
 * so it goes through a descriptor of the folder, /proc/self/fd/N/control. */
#include <sys/un.h>
#include "base/err.h"

struct rt_control_address {
    struct sockaddr_un name;
    int folder; /* descriptor; open as long as the name is used */
};

int rt_control_address_init(struct rt_control_address *address, const char *folder,
                            struct rt_err *err);
void rt_control_address_clear(struct rt_control_address *address);

#endif
