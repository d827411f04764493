# file: ipc/shm.c
# call: shmctl
# class: removal
# wrong: The last detach does not destroy a segment under shm_rmid_forced.
/^static void __shm_close(/,/^}/ s/if (shm_may_destroy(shp))/if (!shp->shm_nattch \&\& (shp->shm_perm.mode \& SHM_DEST))/
