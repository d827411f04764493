# file: ipc/shm.c
# call: shmctl
# class: failed call
# wrong: A shmat that fails writes dtime.
/^long do_shmat(/,/^}/ s/^\tshp->shm_nattch--;/& if (err) shp->shm_dtim = ktime_get_real_seconds();/
