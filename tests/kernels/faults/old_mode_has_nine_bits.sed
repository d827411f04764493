# file: ipc/util.c
# call: shmctl
# class: fields
# wrong: IPC_STAT of the old layout leaves SHM_DEST and SHM_LOCKED out.
/^void ipc64_perm_to_ipc_perm(/,/^}/ s/= in->mode;/= in->mode \& S_IRWXUGO;/
