# file: ipc/ipc_sysctl.c
# call: sysctl
# class: namespaces
# wrong: The file of kernel.shm_next_id is that of the first IPC namespace in each of them.
/^bool setup_ipc_sysctls(/,/^}/ s/data = &ns->ids\[IPC_SHM_IDS\].next_id;/data = \&init_ipc_ns.ids[IPC_SHM_IDS].next_id;/
