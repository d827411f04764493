# file: ipc/shm.c
# call: shmctl
# class: errors
# wrong: IPC_INFO and SHM_INFO do not refuse a negative shmid.
/^static long ksys_shmctl(/,/^}/ s/if (cmd < 0 || shmid < 0)/if (cmd < 0)/
