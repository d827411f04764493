# file: ipc/shm.c
# call: shmctl
# class: failed call
# wrong: A SHM_LOCK that fails for RLIMIT_MEMLOCK leaves SHM_LOCKED in the mode.
/^static int shmctl_do_lock(/,/^}/ s/if (!err && !(shp->shm_perm.mode & SHM_LOCKED))/if (!(shp->shm_perm.mode \& SHM_LOCKED))/
