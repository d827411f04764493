# file: ipc/util.c
# call: shmctl
# class: fields
# wrong: IPC_STAT of the old layout tells seq as 0.
/^void ipc64_perm_to_ipc_perm(/,/^}/ s/= in->seq;/= 0;/
