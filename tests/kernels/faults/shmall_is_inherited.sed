# file: ipc/shm.c
# call: sysctl
# class: namespaces
# wrong: A new namespace starts with the kernel.shmall of the one that it was made in.
/^void shm_init_ns(/,/^}/ s/ns->shm_ctlall = SHMALL;/ns->shm_ctlall = ns == \&init_ipc_ns ? SHMALL : current->nsproxy->ipc_ns->shm_ctlall;/
