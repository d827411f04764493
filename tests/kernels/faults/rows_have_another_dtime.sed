# file: ipc/shm.c
# call: proc
# class: times
# wrong: /proc/sysvipc/shm tells ctime for dtime.
/^static int sysvipc_shm_proc_show(/,/^}/ s/shp->shm_dtim,/shp->shm_ctim,/
