# file: ipc/shm.c
# call: shmctl
# class: limits
# wrong: IPC_RMID of a locked segment does not give back what it was charged.
/^static void shm_destroy(/,/^}/ s/if (!is_file_hugepages(shm_file))/if (0)/
