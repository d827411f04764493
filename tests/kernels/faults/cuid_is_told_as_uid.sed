# file: ipc/util.c
# call: shmctl
# class: fields
# wrong: IPC_STAT tells uid for cuid.
/^void kernel_to_ipc64_perm(/,/^}/ s/in->cuid)/in->uid)/
