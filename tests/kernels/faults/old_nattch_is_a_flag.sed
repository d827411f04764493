# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: IPC_STAT of the old layout tells 1 for each nattch above 0.
/ copy_shmid_to_user(void/,/^}/ s/= in->shm_nattch;/= !!in->shm_nattch;/
