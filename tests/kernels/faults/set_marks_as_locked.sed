# file: ipc/util.c
# call: shmctl
# class: fields
# wrong: IPC_SET takes SHM_LOCKED from the mode that it is given.
/^int ipc_update_perm(/,/^}/ s/| (in->mode & S_IRWXUGO);/| (in->mode \& (S_IRWXUGO | 02000));/
