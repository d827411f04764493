# file: ipc/shm.c
# call: shmctl
# class: removal
# wrong: The creator's death does not destroy an unattached segment under shm_rmid_forced.
/^void exit_shm(/,/^}/ s/if (shm_may_destroy(shp))/if (0)/
