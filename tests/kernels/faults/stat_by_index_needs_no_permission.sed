# file: ipc/shm.c
# call: shmctl
# class: permissions
# wrong: SHM_STAT needs no read permission.
/^static int shmctl_stat(/,/^}/ s/if (cmd == SHM_STAT_ANY)/if (cmd != IPC_STAT)/
