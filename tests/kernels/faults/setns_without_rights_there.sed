# file: ipc/namespace.c
# call: namespaces
# class: namespaces
# wrong: setns enters an IPC namespace without CAP_SYS_ADMIN in the user namespace that owns it.
/^static int ipcns_install(/,/^}/ s/if (!ns_capable(ns->user_ns, CAP_SYS_ADMIN) ||/if (0 ||/
