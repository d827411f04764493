# file: ipc/shm.c
# call: shmctl
# class: times
# wrong: An attach writes ctime besides atime.
/^static int __shm_open(/,/^}/ s/shp->shm_atim = /shp->shm_ctim = &/
