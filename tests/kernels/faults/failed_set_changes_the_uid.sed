# file: ipc/util.c
# call: shmctl
# class: failed call
# wrong: An IPC_SET that fails for its gid has changed the uid.
/^int ipc_update_perm(/,/^}/ s/if (!uid_valid(uid) || !gid_valid(gid))/if (uid_valid(uid)) out->uid = uid; &/
