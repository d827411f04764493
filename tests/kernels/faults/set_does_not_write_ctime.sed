# file: ipc/shm.c
# call: shmctl
# class: times
# wrong: IPC_SET does not write ctime.
/^static int shmctl_down(/,/^}/ s/shp->shm_ctim = ktime_get_real_seconds();/;/
