# file: ipc/shm.c
# call: shmctl
# class: times
# wrong: IPC_RMID of an attached segment writes ctime.
/^static void do_shm_rmid(/,/^}/ s/shp->shm_perm.mode |= SHM_DEST;/& shp->shm_ctim = ktime_get_real_seconds();/
