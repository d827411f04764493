# file: ipc/ipc_sysctl.c
# call: sysctl
# class: namespaces
# wrong: The file of kernel.shmall is that of the first IPC namespace in each of them.
/^bool setup_ipc_sysctls(/,/^}/ s/data = &ns->shm_ctlall;/data = \&init_ipc_ns.shm_ctlall;/
