# file: ipc/shm.c
# call: shmctl
# class: times
# wrong: A new segment has an atime.
/^static int newseg(/,/^}/ s/shp->shm_atim = shp->shm_dtim = 0;/shp->shm_dtim = 0; shp->shm_atim = ktime_get_real_seconds();/
