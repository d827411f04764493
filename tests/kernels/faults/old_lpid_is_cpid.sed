# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: IPC_STAT of the old layout tells cpid for lpid.
/ copy_shmid_to_user(void/,/^}/ s/= in->shm_lpid;/= in->shm_cpid;/
