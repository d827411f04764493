# file: ipc/util.c
# call: shmctl
# class: fields
# wrong: IPC_STAT of the old layout tells gid for cgid.
/^void ipc64_perm_to_ipc_perm(/,/^}/ s/SET_GID(out->cgid, in->cgid)/SET_GID(out->cgid, in->gid)/
