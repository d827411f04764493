# file: ipc/util.c
# call: shmctl
# class: permissions
# wrong: The creator of a segment that was given away cannot set or remove it.
/^struct kern_ipc_perm \*ipcctl_obtain_check(/,/^}/ s/uid_eq(euid, ipcp->cuid) || //
