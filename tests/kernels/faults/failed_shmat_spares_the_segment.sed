# file: ipc/shm.c
# call: shmctl
# class: failed call
# wrong: A shmat that fails does not destroy a segment without attachments, although shm_rmid_forced is set.
/^long do_shmat(/,/^}/ s/if (shm_may_destroy(shp))/if (!err \&\& shm_may_destroy(shp))/
