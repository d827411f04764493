# file: ipc/util.c
# call: shmget
# class: keys and ids
# wrong: Of kernel.shm_next_id only the index is used.
/^static inline int ipc_idr_alloc(/,/^}/ s/new->seq = ipcid_to_seqx(next_id);/new->seq = ids->seq;/
