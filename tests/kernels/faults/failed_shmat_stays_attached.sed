# file: ipc/shm.c
# call: shmctl
# class: failed call
# wrong: A shmat that fails leaves nattch one higher.
/^long do_shmat(/,/^}/ s/^\tshp->shm_nattch--;/\tif (!err) shp->shm_nattch--;/
