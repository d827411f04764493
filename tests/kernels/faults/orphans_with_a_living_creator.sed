# file: ipc/shm.c
# call: shmctl
# class: removal
# wrong: Setting shm_rmid_forced destroys unattached segments whose creator lives.
/^static int shm_try_destroy_orphaned(/,/^}/ s/if (!list_empty(&shp->shm_clist))/if (0)/
