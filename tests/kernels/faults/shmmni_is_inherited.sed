# file: ipc/shm.c
# call: sysctl
# class: namespaces
# wrong: A new namespace starts with the kernel.shmmni of the one that it was made in.
/^void shm_init_ns(/,/^}/ s/ns->shm_ctlmni = SHMMNI;/ns->shm_ctlmni = ns == \&init_ipc_ns ? SHMMNI : current->nsproxy->ipc_ns->shm_ctlmni;/
