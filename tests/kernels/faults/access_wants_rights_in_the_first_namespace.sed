# file: ipc/util.c
# call: shmat
# class: namespaces
# wrong: CAP_IPC_OWNER counts in the first user namespace only.
/^int ipcperms(/,/^}/ s/ns_capable(ns->user_ns, CAP_IPC_OWNER)/capable(CAP_IPC_OWNER)/
