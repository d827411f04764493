# file: ipc/shm.c
# call: sysctl
# class: namespaces
# wrong: A new namespace starts with the kernel.shmmax of the one that it was made in.
/^void shm_init_ns(/,/^}/ s/ns->shm_ctlmax = SHMMAX;/ns->shm_ctlmax = ns == \&init_ipc_ns ? SHMMAX : current->nsproxy->ipc_ns->shm_ctlmax;/
