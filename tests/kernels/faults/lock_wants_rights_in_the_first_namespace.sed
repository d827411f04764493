# file: ipc/shm.c
# call: shmctl
# class: namespaces
# wrong: CAP_IPC_LOCK allows SHM_LOCK of the segments of others in the first user namespace only.
/^static int shmctl_do_lock(/,/^}/ s/ns_capable(ns->user_ns, CAP_IPC_LOCK)/capable(CAP_IPC_LOCK)/
