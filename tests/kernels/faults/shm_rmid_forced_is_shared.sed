# file: ipc/ipc_sysctl.c
# call: sysctl
# class: namespaces
# wrong: The file of kernel.shm_rmid_forced is that of the first IPC namespace in each of them.
/^bool setup_ipc_sysctls(/,/^}/ s/data = &ns->shm_rmid_forced;/data = \&init_ipc_ns.shm_rmid_forced;/
