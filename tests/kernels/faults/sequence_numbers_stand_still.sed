# file: ipc/util.c
# call: shmget
# class: keys and ids
# wrong: An index that is used again keeps its sequence number.
/^static inline int ipc_idr_alloc(/,/^}/ s/ids->last_idx = idx;/;/
