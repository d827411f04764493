# file: ipc/shm.c
# call: shmctl
# class: times
# wrong: A detach that leaves attachments does not write dtime.
/^static void __shm_close(/,/^}/ s/shp->shm_dtim = /if (shp->shm_nattch == 1) &/
