# file: ipc/shm.c
# call: shmctl
# class: namespaces
# wrong: CAP_IPC_LOCK of the caller's user namespace allows SHM_LOCK in any IPC namespace.
/^static int shmctl_do_lock(/,/^}/ s/ns_capable(ns->user_ns, CAP_IPC_LOCK)/ns_capable(current_user_ns(), CAP_IPC_LOCK)/
