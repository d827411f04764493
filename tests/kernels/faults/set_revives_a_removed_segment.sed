# file: ipc/util.c
# call: shmctl
# class: removal
# wrong: IPC_SET takes SHM_DEST away.
/^int ipc_update_perm(/,/^}/ s/(out->mode & ~S_IRWXUGO)/(out->mode \& ~S_IRWXUGO \& ~01000)/
