# file: ipc/shm.c
# call: shmctl
# class: counts
# wrong: An attach does not write lpid.
/^static int __shm_open(/,/^}/ s/ipc_update_pid(&shp->shm_lprid, task_tgid(current));/;/
