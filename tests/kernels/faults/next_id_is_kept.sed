# file: ipc/util.c
# call: sysctl
# class: keys and ids
# wrong: kernel.shm_next_id is not reset by the segment that it was for.
/^static inline int ipc_idr_alloc(/,/^}/ s/ids->next_id = -1;/;/
