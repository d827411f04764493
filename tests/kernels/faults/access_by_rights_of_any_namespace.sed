# file: ipc/util.c
# call: shmat
# class: namespaces
# wrong: CAP_IPC_OWNER of the caller's user namespace opens segments of any IPC namespace.
/^int ipcperms(/,/^}/ s/ns_capable(ns->user_ns, CAP_IPC_OWNER)/ns_capable(current_user_ns(), CAP_IPC_OWNER)/
