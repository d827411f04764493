# file: ipc/shm.c
# call: shmctl
# class: namespaces
# wrong: Whether the last detach removes a segment is decided by shm_rmid_forced of the first IPC namespace.
/^static bool shm_may_destroy(/,/^}/ s/shp->ns->shm_rmid_forced/init_ipc_ns.shm_rmid_forced/
