# file: ipc/namespace.c
# call: namespaces
# class: namespaces
# wrong: setns enters an IPC namespace without CAP_SYS_ADMIN in the own user namespace.
/^static int ipcns_install(/,/^}/ s/!ns_capable(nsset->cred->user_ns, CAP_SYS_ADMIN))/0)/
