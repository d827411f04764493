# file: ipc/util.c
# call: shmctl
# class: fields
# wrong: IPC_SET takes SHM_LOCKED away.
/^int ipc_update_perm(/,/^}/ s/(out->mode & ~S_IRWXUGO)/(out->mode \& ~S_IRWXUGO \& ~02000)/
