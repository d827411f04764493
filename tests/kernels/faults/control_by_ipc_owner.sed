# file: ipc/util.c
# call: shmctl
# class: permissions
# wrong: CAP_IPC_OWNER takes the place of CAP_SYS_ADMIN for IPC_SET and IPC_RMID.
/^struct kern_ipc_perm \*ipcctl_obtain_check(/,/^}/ s/CAP_SYS_ADMIN/CAP_IPC_OWNER/
