# file: ipc/shm.c
# call: shmctl
# class: failed call
# wrong: An IPC_SET that fails for its uid or gid has written ctime.
/^static int shmctl_down(/,/^}/ s/err = ipc_update_perm(/shp->shm_ctim = ktime_get_real_seconds(); &/
