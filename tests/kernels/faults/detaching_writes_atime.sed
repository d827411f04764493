# file: ipc/shm.c
# call: shmctl
# class: times
# wrong: A detach writes atime besides dtime.
/^static void __shm_close(/,/^}/ s/shp->shm_dtim = /shp->shm_atim = &/
