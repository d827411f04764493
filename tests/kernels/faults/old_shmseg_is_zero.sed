# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: IPC_INFO of the old layout tells shmseg as 0.
/ copy_shminfo_to_user(void/,/^}/ s/= in->shmseg;/= 0;/
