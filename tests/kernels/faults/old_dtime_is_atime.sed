# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: IPC_STAT of the old layout tells atime for dtime.
/ copy_shmid_to_user(void/,/^}/ s/= in->shm_dtime;/= in->shm_atime;/
