# file: ipc/util.c
# call: shmctl
# class: namespaces
# wrong: IPC_STAT tells cgid as the first user namespace has it.
/^void kernel_to_ipc64_perm(/,/^}/ s/from_kgid_munged(current_user_ns(), in->cgid)/from_kgid_munged(\&init_user_ns, in->cgid)/
