# file: ipc/util.c
# call: shmctl
# class: failed call
# wrong: An IPC_SET that fails for its uid or gid has changed the mode.
/^int ipc_update_perm(/,/^}/ s/if (!uid_valid(uid) || !gid_valid(gid))/out->mode = (out->mode \& ~S_IRWXUGO) | (in->mode \& S_IRWXUGO); &/
