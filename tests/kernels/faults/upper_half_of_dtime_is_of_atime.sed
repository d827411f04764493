# file: ipc/shm.c
# call: shmctl
# class: times
# wrong: The upper half of dtime is that of atime.
/^static int shmctl_stat(/,/^}/ s/shm_dtime_high = shp->shm_dtim/shm_dtime_high = shp->shm_atim/
