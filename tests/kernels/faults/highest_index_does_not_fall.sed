# file: ipc/util.c
# call: shmctl
# class: keys and ids
# wrong: IPC_INFO returns an index that is no longer used.
/^void ipc_rmid(/,/^}/ s/unlikely(idx == ids->max_idx)/0/
