# file: ipc/shm.c
# call: shmctl
# class: times
# wrong: SHM_LOCK writes ctime.
/^static int shmctl_do_lock(/,/^}/ s/shp->shm_perm.mode |= SHM_LOCKED;/& shp->shm_ctim = ktime_get_real_seconds();/
