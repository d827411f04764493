# file: ipc/util.c
# call: shmctl
# class: namespaces
# wrong: IPC_SET takes its gid for one of the first user namespace.
/^int ipc_update_perm(/,/^}/ s/make_kgid(current_user_ns(), in->gid)/make_kgid(\&init_user_ns, in->gid)/
