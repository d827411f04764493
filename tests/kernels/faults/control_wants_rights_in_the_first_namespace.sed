# file: ipc/util.c
# call: shmctl
# class: namespaces
# wrong: CAP_SYS_ADMIN allows IPC_SET and IPC_RMID in the first user namespace only.
/^struct kern_ipc_perm \*ipcctl_obtain_check(/,/^}/ s/ns_capable(ns->user_ns, CAP_SYS_ADMIN)/capable(CAP_SYS_ADMIN)/
