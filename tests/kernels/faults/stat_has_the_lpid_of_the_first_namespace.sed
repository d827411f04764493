# file: ipc/shm.c
# call: shmctl
# class: namespaces
# wrong: IPC_STAT tells lpid as the first PID namespace has it.
/^static int shmctl_stat(/,/^}/ s/pid_vnr(shp->shm_lprid)/pid_nr(shp->shm_lprid)/
