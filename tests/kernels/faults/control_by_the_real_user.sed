# file: ipc/util.c
# call: shmctl
# class: permissions
# wrong: IPC_SET and IPC_RMID are decided by the real user id.
/^struct kern_ipc_perm \*ipcctl_obtain_check(/,/^}/ s/current_euid()/current_uid()/
