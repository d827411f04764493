# file: ipc/util.c
# call: shmctl
# class: fields
# wrong: IPC_STAT tells seq as 0.
/^void kernel_to_ipc64_perm(/,/^}/ s/= in->seq;/= 0;/
