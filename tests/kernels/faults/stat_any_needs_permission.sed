# file: ipc/shm.c
# call: shmctl
# class: permissions
# wrong: SHM_STAT_ANY needs read permission.
/^static int shmctl_stat(/,/^}/ s/if (cmd == SHM_STAT_ANY)/if (0)/
